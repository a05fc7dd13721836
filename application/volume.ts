/** A volume as the definition that owns it describes it. */
export interface VolumeDescription {
  /** What it is for: its label, and its name in mounts. */
  readonly role: string;
  /**
   * What would be lost with it. Volumes with `data` are never deleted but by `make destroy-data`; the others
   * are made again.
   */
  readonly data?: string;
  /** Mode of its folder, octal. Its owner is the user of the definition that owns it. @default `0755` */
  readonly mode?: string;
  /** Its service sets owner and mode itself: only a new volume, which is root's, is given to it. @default false */
  readonly keepsOwner?: boolean;
}

/** A named volume of the engine. */
export interface Volume extends VolumeDescription {
  /** Name on the engine. */
  readonly name: string;
}

/** Something that is mounted into a container. */
export type Mount =
  | {
      readonly type: "volume";
      /** Role of the volume. */
      readonly volume: string;
      readonly target: string;
      readonly readOnly: boolean;
    }
  /** A folder of this machine, absolute. Only the profile `development` has one. */
  | { readonly type: "bind"; readonly source: string; readonly target: string; readonly readOnly: boolean }
  /** Memory; `size` in MiB. */
  | { readonly type: "tmpfs"; readonly target: string; readonly size: number; readonly mode: string };

/** A volume mounted for writing, or `readOnly`. */
export function volumeMount(volume: string, target: string, readOnly = false): Mount {
  return { type: "volume", volume, target, readOnly };
}

/** Memory mounted at a path: `size` MiB, writable by every user of the container. */
export function tmpfs(target: string, size: number, mode = "1777"): Mount {
  return { type: "tmpfs", target, size, mode };
}
