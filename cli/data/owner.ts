import type { DeploymentRecord } from "./record";

/** What says whose the data of a name are. */
export interface Evidence {
  /** The folder of `deployment.ts`; absolute. */
  readonly folder: string;
  readonly name: string;
  /** What the folder's `deployment.id` says. */
  readonly id?: string;
  /** Data volumes of this name that are on the engine, and the id that each carries. */
  readonly volumes: readonly { readonly name: string; readonly id?: string }[];
  /** The id in the secrets volume. */
  readonly volumeId?: string;
  readonly record?: DeploymentRecord;
  /** The recorded folder is on this computer and still has a `deployment.ts`. */
  readonly recordedFolderIsThere: boolean;
  /** Names of the volumes that the folder's Terraform state knows. */
  readonly known: readonly string[];
  /** Volumes of this folder's deployment with another name that are on the engine. */
  readonly elsewhere: readonly string[];
}

/** Whose the data are. */
export type Owner =
  /** There are none yet. */
  | { readonly kind: "nobody" }
  /** This deployment; `id`: the one that the data carry, when they carry one. */
  | { readonly kind: "this"; readonly id?: string }
  /** This folder's deployment has its data under another name. */
  | { readonly kind: "renamed"; readonly before: string }
  | { readonly kind: "another"; readonly record?: DeploymentRecord }
  /** They carry no id, and this folder's state doesn't know them. */
  | { readonly kind: "unknown"; readonly record?: DeploymentRecord };

/**
 * Decides whose the data are. Pure.
 *
 * @param adopt name of the deployment, typed out by somebody who has seen what is in its volumes
 */
export function decideOwner(evidence: Evidence, adopt?: string): Owner {
  const { name, id, volumes, record } = evidence;
  const before = nameOf(evidence.elsewhere);
  if (before !== undefined) return { kind: "renamed", before };
  if (volumes.length === 0) return { kind: "nobody" };
  const ids = new Set(
    [...volumes.map((volume) => volume.id), evidence.volumeId].filter((one) => one !== undefined),
  );
  const isKnown = volumes.some((volume) => evidence.known.includes(volume.name));
  if (ids.size === 0) return isKnown || adopt === name ? { kind: "this" } : { kind: "unknown", record };
  if (id !== undefined && ids.size === 1 && ids.has(id)) return { kind: "this", id };
  // The file was lost, and the state was not. A copy of the folder has a state as well.
  const [only] = ids;
  if (id === undefined && ids.size === 1 && isKnown && !isCopy(evidence)) return { kind: "this", id: only };
  return { kind: "another", record };
}

function isCopy({ folder, record, recordedFolderIsThere }: Evidence): boolean {
  return record !== undefined && record.folder !== folder && recordedFolderIsThere;
}

/** The name of which a deployment's volumes are: `books` of `books-dbdata` and `books-media`. */
function nameOf(volumes: readonly string[]): string | undefined {
  return volumes.map((volume) => /^(.+)-[a-z]+$/.exec(volume)?.[1]).find((name) => name !== undefined);
}
