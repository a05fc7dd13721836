import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "./guestbook";

/** Path of Debian's own registry of images, a program of one file. It is unpacked once; nothing is installed. */
export function dockerRegistry(): string {
  const place = join(ROOT, ".deployment/tests/docker-registry");
  mkdirSync(place, { recursive: true });
  const download = "apt-get download docker-registry";
  const fetch = `{ ${download} || { apt-get update -q && ${download}; }; }`;
  const unpack = `[ -e usr/bin/docker-registry ] || { ${fetch} && dpkg-deb -x docker-registry_*.deb .; }`;
  execFileSync("flock", [`${place}.lock`, "sh", "-c", unpack], { cwd: place, stdio: "pipe" });
  const file = join(place, "usr/bin/docker-registry");
  if (!existsSync(file)) throw new Error(`${file} is missing: Debian's package docker-registry has it`);
  return file;
}

/** Its configuration. @param folder where it keeps the images */
export const registryConfiguration = (address: string, folder: string): string =>
  `version: 0.1\nstorage: { filesystem: { rootdirectory: ${folder} } }\nhttp: { addr: "${address}" }\n`;
