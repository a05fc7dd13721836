import { objectName } from "./application";
import type { Mount, Volume, VolumeRole } from "./volume";

/** What each volume holds that can't be made again. */
const CONTENT: Readonly<Record<VolumeRole, string | undefined>> = {
  dbdata: "the database",
  media: "uploaded files",
  // Without the manifests and hashed files of the releases, pages that are open in browsers lose their styles.
  static: "static files of this and earlier releases",
  run: "the hand-over's record of which release serves",
  secrets: "the passwords that open the database, and Django's secret key",
  nginx: undefined,
};

/** The deployment's volumes. Both profiles have the same ones. */
export function volumesOf(name: string): Volume[] {
  return (Object.keys(CONTENT) as VolumeRole[]).map((role) => ({
    role,
    name: objectName({ name }, role),
    data: CONTENT[role],
  }));
}

/** A volume mounted for writing, or `readOnly`. */
export function volumeMount(volume: VolumeRole, target: string, readOnly = false): Mount {
  return { type: "volume", volume, target, readOnly };
}

/** Memory mounted at a path: `size` MiB, writable by every user of the container. */
export function tmpfs(target: string, size: number, mode = "1777"): Mount {
  return { type: "tmpfs", target, size, mode };
}
