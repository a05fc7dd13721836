import { closeSync, fsyncSync, mkdirSync, openSync, rmSync, statfsSync, writeSync } from "node:fs";
import { join } from "node:path";
import { SOCKETS } from "../../application/processes/volumes";
import { type Docker, linesOf } from "./docker";

/** The disk on which the engine keeps its data, and the one of the deployment's folder. */
export interface DiskUse {
  /** Of the engine's disk, used. @default unknown: the engine is on another computer, or in a virtual machine */
  readonly percent?: number;
  /** What is wrong, a sentence each. */
  readonly problems: readonly string[];
  /** What fills the engine's disk, the most first; nothing as long as there is room. */
  readonly filledBy: readonly { readonly name: string; readonly bytes: number }[];
}

/** Percent from which on people are told what fills the disk. A host's release program has the same (parts/disk.py). */
export const FULL = 80;

/** How much of that is shown. */
const SHOWN = 6;

/**
 * Looks at the disk, and writes a byte: a disk that has become read-only has room, too.
 *
 * @param serving id of a container of the application that runs; a byte is written into its volume
 */
export async function lookAtDisk(docker: Docker, root: string, serving?: string): Promise<DiskUse> {
  const problems = [
    whyNotWritable(join(root, ".deployment")),
    serving && (await whyNotWritableInside(docker, serving)),
  ]
    .filter((reason) => reason !== undefined && reason !== "")
    .map((reason) => `no byte can be written to ${reason}`);
  const { stdout } = await docker.try(["info", "--format", "{{.DockerRootDir}}"]);
  const percent = docker.isLocal ? percentUsed(stdout.trim()) : undefined;
  if (percent === undefined || percent < FULL)
    return { ...(percent !== undefined && { percent }), problems, filledBy: [] };
  return {
    percent,
    problems: [...problems, `the disk of the engine is ${percent} % full; at 100 % the database stops`],
    filledBy: await whatFills(docker),
  };
}

/** As df counts: what is kept for root is neither used nor free. Of room or of files, whichever is scarcer. */
function percentUsed(folder: string): number | undefined {
  try {
    const { blocks, bfree, bavail, files, ffree } = statfsSync(folder);
    const share = (used: number, free: number): number =>
      used + free > 0 ? Math.ceil((100 * used) / (used + free)) : 0;
    return Math.max(share(blocks - bfree, bavail), share(files - ffree, ffree));
  } catch {
    return undefined;
  }
}

function whyNotWritable(folder: string): string | undefined {
  const file = join(folder, `.status-${process.pid}`);
  try {
    mkdirSync(folder, { recursive: true });
    const opened = openSync(file, "w", 0o600);
    try {
      writeSync(opened, "1");
      fsyncSync(opened);
    } finally {
      closeSync(opened);
      rmSync(file, { force: true });
    }
    return undefined;
  } catch (error) {
    return `${folder}: ${error instanceof Error ? error.message : String(error)}`;
  }
}

/** Development containers don't have the volume: then nobody looks. */
async function whyNotWritableInside(docker: Docker, container: string): Promise<string | undefined> {
  const file = `${SOCKETS}/.status-${process.pid}`;
  const script = `[ -d ${SOCKETS} ] || exit 0; printf 1 >${file} && rm ${file} || { rm -f ${file}; exit 1; }`;
  const { status, stdout, stderr } = await docker.try(["exec", container, "sh", "-c", script]);
  return status === 0 ? undefined : `the volume with ${SOCKETS}: ${(stderr || stdout).trim()}`;
}

/** Each volume, and images, containers and the cache of builds; nothing when the engine doesn't say. */
async function whatFills(docker: Docker): Promise<DiskUse["filledBy"]> {
  const [kinds, volumes] = await Promise.all([
    docker.try(["system", "df", "--format", "{{.Size}}\t{{.Type}}"]),
    docker.try([
      ...["system", "df", "--verbose"],
      ...["--format", "{{range .Volumes}}{{.Size}}\tvolume {{.Name}}\n{{end}}"],
    ]),
  ]);
  return [...linesOf(kinds.stdout), ...linesOf(volumes.stdout)]
    .map((line) => line.split("\t"))
    .filter(([, name = ""]) => name !== "" && name !== "Local Volumes")
    .map(([size = "", name = ""]) => ({
      name: name.startsWith("volume ") ? name : `${name} of the engine`,
      bytes: bytesOf(size),
    }))
    .toSorted((one, other) => other.bytes - one.bytes)
    .slice(0, SHOWN);
}

const UNITS: Readonly<Record<string, number>> = { B: 1, kB: 1e3, MB: 1e6, GB: 1e9, TB: 1e12 };

/** Of a size as Docker says it: `4.249GB`. */
function bytesOf(text: string): number {
  const [, number = "0", unit = "B"] = /^([0-9.]+)([kMGT]?B)$/.exec(text) ?? [];
  return Math.trunc(Number(number) * (UNITS[unit] ?? 0));
}
