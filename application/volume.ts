/** What a volume holds. */
export type VolumeRole = "dbdata" | "media" | "static" | "run" | "secrets" | "nginx";

/** A named volume of the engine. */
export interface Volume {
  readonly role: VolumeRole;
  /** Name on the engine. */
  readonly name: string;
  /**
   * What would be lost with it. Volumes with `data` are never deleted but by `make destroy-data`; the others
   * are made again.
   */
  readonly data?: string;
}

/** Something that is mounted into a container. */
export type Mount =
  | {
      readonly type: "volume";
      readonly volume: VolumeRole;
      readonly target: string;
      readonly readOnly: boolean;
    }
  /** A folder of this machine, absolute. Only the profile `development` has one. */
  | { readonly type: "bind"; readonly source: string; readonly target: string; readonly readOnly: boolean }
  /** Memory; `size` in MiB. */
  | { readonly type: "tmpfs"; readonly target: string; readonly size: number; readonly mode: string };
