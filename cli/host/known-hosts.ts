import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { KEY_FOLDER } from "../../config/files/ssh-keys";
import type { Host } from "../../config/host";

/** The file, relative to `deployment.ts`. */
export const KNOWN_HOSTS = join(KEY_FOLDER, "known_hosts");

/** What ssh must know to trust the machine at its very first connection, and no other machine ever. */
export function knownHosts(address: string, { keys, domain }: Pick<Host, "keys" | "domain">): string {
  const names = domain === undefined ? address : `${address},${domain}`;
  return `${names} ${keys.host.publicKey}\n`;
}

/** Writes {@link knownHosts} where the commands look for it. */
export function writeKnownHosts(root: string, address: string, host: Host): void {
  writeFileSync(join(root, KNOWN_HOSTS), knownHosts(address, host), { mode: 0o644 });
}
