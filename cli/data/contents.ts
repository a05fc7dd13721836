import { objectName } from "../../application/application";
import type { Container } from "../docker/container";
import { type Docker, linesOf } from "../docker/docker";
import type { Workspace } from "../workspace/workspace";
import { type Tables, countTables } from "./tables";
import { type FilesSummary, VolumeFiles } from "./volume-files";

/** MariaDB's own schemas, which are folders of its data directory as well. */
const SYSTEM = ["mysql", "sys", "performance_schema"];

/**
 * Says what is in the deployment's volumes, a line each: of the database what it says itself, or, when it is down, its
 * files; of the uploads number and size. Starts nothing, and waits no longer than a minute.
 */
export async function describeContents(workspace: Workspace, files: VolumeFiles): Promise<string[]> {
  const { deployment, docker } = workspace;
  const { name } = deployment;
  const [database, media] = [objectName({ name }, "dbdata"), objectName({ name }, "media")];
  const there = (await docker.inspectVolumes([database, media])).map((volume) => volume.name);
  const containers = await docker.containers(name);
  const [stored, uploaded] = await Promise.all([
    there.includes(database) ? describeDatabase(docker, containers, files, database) : "no volume",
    there.includes(media) ? describeUploads(docker, containers, files, media) : "no volume",
  ]);
  return [`database  ${stored}`, `uploads   ${uploaded}`];
}

/** {@link describeContents}, under the folder and the project, for a question. */
export async function contentsOf(workspace: Workspace): Promise<string[]> {
  const { deployment, docker, root } = workspace;
  const files = new VolumeFiles(docker, deployment.name);
  try {
    const contents = await describeContents(workspace, files);
    return [`folder    ${root}`, `project   ${deployment.project.folder}`, ...contents].map(
      (line) => `  ${line}`,
    );
  } finally {
    await files.close();
  }
}

async function describeDatabase(
  docker: Docker,
  containers: readonly Container[],
  files: VolumeFiles,
  volume: string,
): Promise<string> {
  const server = containers.find(({ role, status }) => role === "database" && status === "running");
  const tables = server && (await countTables(docker, server.id));
  if (tables) return describeTables(tables);
  const found = await files.summarize(
    volume,
    ({ isFile, path }) => isFile && /\.(ibd|MAD|MAI|MYD|MYI)$/.test(path) && !SYSTEM.includes(schemaOf(path)),
  );
  if (found.incomplete && found.files === 0) return "could not be read";
  const size = `${found.files} files of tables, ${sizeOf(found.bytes)}${found.incomplete ? " at least" : ""}`;
  return `${size}${writtenAt(found.newest)}; it is down: its rows can't be counted`;
}

/** The folder of a table's file in an archive: `./django/auth_user.ibd`. */
function schemaOf(path: string): string {
  return path.split("/").at(-2) ?? "";
}

/** {@link Tables} in words. */
export function describeTables({ schemas, tables, rows, exact, bytes, newest }: Tables): string {
  const names = schemas.length === 0 ? "" : `${schemas.join(", ")}: `;
  return `${names}${tables} tables, ${exact ? "" : "about "}${rows} rows, ${sizeOf(bytes)}${writtenAt(newest)}`;
}

async function describeUploads(
  docker: Docker,
  containers: readonly Container[],
  files: VolumeFiles,
  volume: string,
): Promise<string> {
  const found = (await countInside(docker, containers, volume)) ?? (await files.summarize(volume));
  if (found.incomplete && found.files === 0) return "could not be read";
  const size = `${found.files} files, ${sizeOf(found.bytes)}${found.incomplete ? " at least" : ""}`;
  return `${size}${writtenAt(found.newest)}`;
}

const COUNT = `timeout 20 find "$1" -type f -printf '%s %T@\\n' |
  awk '{ files++; bytes += $1; if ($2 > newest) newest = $2 } END { printf "%d %.0f %d\\n", files, bytes, newest }'`;

/** Counts files in a container that has them mounted and runs; an archive of them would have to be read whole. */
async function countInside(
  docker: Docker,
  containers: readonly Container[],
  volume: string,
): Promise<FilesSummary | undefined> {
  for (const { id, status, volumes } of containers) {
    const target = volumes.find((mount) => mount.name === volume)?.target;
    if (target === undefined || status !== "running") continue;
    const { status: outcome, stdout } = await docker.try(["exec", id, "sh", "-c", COUNT, "count", target], {
      timeout: 30,
    });
    const [files, bytes, newest] = (linesOf(stdout)[0] ?? "").split(" ").map(Number);
    if (outcome === 0 && files !== undefined && bytes !== undefined && newest !== undefined)
      return { files, bytes, newest, incomplete: false };
  }
  return undefined;
}

/** A size as people read it. */
export function sizeOf(bytes: number): string {
  if (bytes < 1024) return `${bytes} bytes`;
  const units = ["KiB", "MiB", "GiB", "TiB"];
  const power = Math.min(Math.floor(Math.log2(bytes) / 10), units.length);
  return `${(bytes / 1024 ** power).toFixed(1)} ${units[power - 1] ?? ""}`;
}

function writtenAt(seconds: number): string {
  if (seconds === 0) return "";
  return `, last written ${new Date(seconds * 1000).toISOString().slice(0, 16).replace("T", " ")} UTC`;
}
