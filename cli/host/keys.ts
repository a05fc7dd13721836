import { chmodSync, existsSync, mkdirSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname, relative } from "node:path";
import { DeploymentError, type Problem } from "../../config/errors";
import { type KeyFiles, keyFile } from "../../config/files/ssh-keys";
import { run } from "../computer/process";
import { machineProblems } from "../problems";

/** What {@link provideKeys} did with one key. */
export interface ProvidedKey {
  /** Path of the private half, relative to `deployment.ts`. */
  readonly file: string;
  /** Whether it was made just now. */
  readonly made: boolean;
}

/** What there are keys for: to open the machine, and the machine's own. */
const USES = ["deploy", "host"] as const;

/** Bits of a file's mode that let others than its owner read it; ssh refuses such a key. */
const OTHERS = 0o077;

/**
 * Makes the ssh keys that are missing: the one that opens the machine, and the machine's own. Keys that are there stay
 * as they are, and keys of the user's own are never made.
 *
 * @param root folder of `deployment.ts`; absolute
 * @throws {@link DeploymentError} when a key of the user's own is missing or open to others
 */
export async function provideKeys(root: string, own: KeyFiles): Promise<ProvidedKey[]> {
  const keys = USES.map((use) => ({ use, file: keyFile(root, use, own) }));
  const problems = keys.flatMap(({ use, file }) => (own[use] === undefined ? [] : ownKeyProblems(use, file)));
  if (problems.length > 0) throw new DeploymentError(problems);
  const provided: ProvidedKey[] = [];
  for (const { use, file } of keys) {
    const made = own[use] === undefined && !existsSync(file);
    if (made) await generate(file);
    if (own[use] === undefined) chmodSync(file, 0o600);
    if (!existsSync(`${file}.pub`)) writeFileSync(`${file}.pub`, await publicHalf(file));
    provided.push({ file: relative(root, file), made });
  }
  return provided;
}

/**
 * Keys of `make keys` that are not there.
 *
 * @param root folder of `deployment.ts`; absolute
 * @param own keys of the user's own, which are never made
 * @returns paths of their private halves, relative to `deployment.ts`
 */
export function missingKeys(root: string, own: KeyFiles): string[] {
  return USES.filter((use) => own[use] === undefined)
    .map((use) => keyFile(root, use, own))
    .filter((file) => !existsSync(file))
    .map((file) => relative(root, file));
}

function ownKeyProblems(use: string, file: string): Problem[] {
  const place = `host.sshKeys.${use}`;
  if (!existsSync(file)) return [machineProblems.noPrivateKey(place, file)];
  return (statSync(file).mode & OTHERS) === 0 ? [] : [machineProblems.openPrivateKey(place, file)];
}

/** Both halves are there or none: the private one comes last. */
async function generate(file: string): Promise<void> {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  const part = `${file}.part`;
  for (const half of [part, `${part}.pub`]) rmSync(half, { force: true });
  await sshKeygen(["-q", "-t", "ed25519", "-N", "", "-C", "", "-f", part]);
  renameSync(`${part}.pub`, `${file}.pub`);
  renameSync(part, file);
}

/** The public half of a private key. */
export function publicHalf(file: string): Promise<string> {
  return sshKeygen(["-y", "-P", "", "-f", file]);
}

async function sshKeygen(args: readonly string[]): Promise<string> {
  const { missing, status, stdout, stderr } = await run("ssh-keygen", args);
  if (missing) throw new DeploymentError([machineProblems.noSsh()]);
  if (status !== 0) throw new DeploymentError([machineProblems.keyFailed(args.at(-1) ?? "", stderr.trim())]);
  return `${stdout.trim()}\n`;
}
