import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import type { Deployment } from "../../config/deployment";
import type { Docker } from "../docker/docker";

/** What a deployment notes of itself beside its secrets, for whoever meets its volumes later. */
export interface DeploymentRecord {
  /** Folder from which it was last deployed; absolute. */
  readonly folder: string;
  /** Name of the computer on which that folder is. */
  readonly computer: string;
  readonly database: { readonly name: string; readonly user: string };
}

/** Name of the record's file in the secrets volume. */
export const RECORD_FILE = "deployment.json";

/** Name of the file in the secrets volume with the deployment's id (assets/secrets/secrets_task.py). */
export const VOLUME_ID_FILE = "deployment_id";

/** The record of a deployment in a folder of this computer. */
export function recordOf({ database: { name, user } }: Deployment, folder: string): DeploymentRecord {
  return { folder, computer: hostname(), database: { name, user } };
}

/** Whether two records say the same. */
export function sameRecord(one: DeploymentRecord | undefined, other: DeploymentRecord | undefined): boolean {
  return isDeepStrictEqual(one, other);
}

/** @returns undefined when it isn't a record: then nothing is known */
export function parseRecord(text: string | undefined): DeploymentRecord | undefined {
  try {
    const read = JSON.parse(text ?? "") as Partial<DeploymentRecord> | null;
    const { folder, computer, database } = read ?? {};
    const known =
      typeof folder === "string" &&
      typeof computer === "string" &&
      typeof database?.name === "string" &&
      typeof database.user === "string";
    return known ? { folder, computer, database } : undefined;
  } catch {
    return undefined;
  }
}

/** The folder as somebody on this computer would look for it. */
export function placeOf({ folder, computer }: DeploymentRecord): string {
  return computer === hostname() ? folder : `${folder} on ${computer}`;
}

/**
 * Writes the record into the secrets volume, by way of a container of the deployment that may write there. A run that
 * finds none writes nothing: the next one does.
 */
export async function writeRecord(docker: Docker, name: string, record: DeploymentRecord): Promise<void> {
  const volume = `${name}-secrets`;
  const writer = (await docker.containers(name))
    .filter(({ role }) => role === "secrets")
    .flatMap(({ id, volumes }) =>
      volumes.filter((mount) => mount.name === volume).map(({ target }) => ({ id, target })),
    )
    .at(0);
  if (!writer) return;
  const folder = mkdtempSync(join(tmpdir(), "deployment-"));
  try {
    const file = join(folder, RECORD_FILE);
    writeFileSync(file, `${JSON.stringify(record)}\n`, { mode: 0o644 });
    await docker.try(["cp", file, `${writer.id}:${writer.target}/${RECORD_FILE}`]);
  } finally {
    rmSync(folder, { recursive: true });
  }
}
