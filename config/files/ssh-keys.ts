import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { type Problem, problems } from "../errors";
import type { HostKeys, SshKey } from "../host";

/** The ssh keys, as far as they are there. */
export interface KeyFacts {
  readonly keys: HostKeys;
  readonly problems: readonly Problem[];
}

/** Private halves of the user's own keys, by what they are for; relative to `deployment.ts`. */
export type KeyFiles = Readonly<Partial<Record<keyof HostKeys, string>>>;

/** Where `make keys` puts the keys, relative to `deployment.ts`; git ignores the folder. */
export const KEY_FOLDER = join(".deployment", "ssh");

/** Path of a key's private half. */
export function keyFile(root: string, use: keyof HostKeys, own: KeyFiles): string {
  return resolve(root, own[use] ?? join(KEY_FOLDER, `${use}_ed25519`));
}

/**
 * Reads the public halves of the ssh keys. The private ones are read by ssh and Terraform alone.
 *
 * @param root folder of `deployment.ts`; absolute
 * @param own keys that the user brings. @default those of `make keys`
 */
export function readKeys(root: string, own: KeyFiles = {}): KeyFacts {
  const found: Problem[] = [];
  const read = (use: keyof HostKeys): SshKey => {
    const file = keyFile(root, use, own);
    const place =
      own[use] === undefined ? `${join(KEY_FOLDER, `${use}_ed25519`)}.pub` : `host.sshKeys.${use}`;
    const publicKey = readPublicKey(`${file}.pub`);
    if (publicKey instanceof Error) found.push(problems.missingKey(place, publicKey.message));
    return { file, publicKey: publicKey instanceof Error ? "" : publicKey };
  };
  return { keys: { deploy: read("deploy"), host: read("host") }, problems: found };
}

/** @returns type and key, without the comment that often names a person or a machine */
function readPublicKey(file: string): string | Error {
  try {
    const [type = "", key = ""] = readFileSync(file, "utf8").trim().split(/\s+/);
    return /^(ssh|ecdsa)-[a-z0-9-]+$/.test(type) && /^AAAA[A-Za-z0-9+/=]+$/.test(key)
      ? `${type} ${key}`
      : new Error("it is in another form");
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    return new Error(code === "ENOENT" ? "there is no such file" : (code ?? String(error)));
  }
}
