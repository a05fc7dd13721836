import { readFileSync } from "node:fs";
import { join } from "node:path";

/** A file of assets/host, and where it lies on a host. */
export interface HostFile {
  /** Below assets/host. */
  readonly source: string;
  /** On the host; absolute. */
  readonly path: string;
  /** @default 0644 */
  readonly permissions?: string;
}

/** Where the parts of prepare-host lie on a host. */
const LIBRARY = "/usr/local/lib/django-deployment";

/** What cloud-init writes on a host, besides the host's own settings. */
export const HOST_FILES: readonly HostFile[] = [
  ...["common", "host-key", "system", "data-volume", "packages", "engine", "deploy-key"].map((part) => ({
    source: `lib/${part}.sh`,
    path: `${LIBRARY}/${part}.sh`,
  })),
  ...["firewall", "door", "restrict-key"].map((source) => ({
    source,
    path: `${LIBRARY}/${source}`,
    permissions: "0755",
  })),
  { source: "etc/unattended-upgrades.conf", path: `${LIBRARY}/unattended-upgrades.conf` },
  { source: "etc/daemon.json", path: "/etc/docker/daemon.json" },
  { source: "etc/docker.service.conf", path: "/etc/systemd/system/docker.service.d/django-deployment.conf" },
  { source: "etc/journald.conf", path: "/etc/systemd/journald.conf.d/django-deployment.conf" },
  // sshd takes the first value that it reads: before cloud-init's own file.
  { source: "etc/sshd.conf", path: "/etc/ssh/sshd_config.d/10-django-deployment.conf" },
  { source: "etc/sysctl.conf", path: "/etc/sysctl.d/90-django-deployment.conf" },
  // Last, since it needs all the others. cloud-init runs what lies there at the end of every boot.
  {
    source: "prepare-host",
    path: "/var/lib/cloud/scripts/per-boot/prepare-host",
    permissions: "0755",
  },
];

/** Texts by `source`. */
export type HostTexts = Readonly<Record<string, string>>;

/**
 * Reads the files that a host is made with.
 *
 * @param root the program's own folder; absolute
 */
export function readHostTexts(root: string): HostTexts {
  return Object.fromEntries(
    HOST_FILES.map(({ source }) => [source, readFileSync(join(root, "assets", "host", source), "utf8")]),
  );
}
