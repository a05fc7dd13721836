import { objectName } from "../../application/application";
import type { Problem } from "../../config/errors";
import { readMachine } from "../computer/machine";
import { machineProblems } from "../problems";
import type { Workspace } from "../workspace/workspace";
import type { DeploymentRecord } from "./record";
import { queryAsRoot } from "./tables";
import type { VolumeFiles } from "./volume-files";

/** Where MariaDB notes by which version the data directory was last opened; the second name is older. */
const VERSION_FILES = ["mariadb_upgrade_info", "mysql_upgrade_info"];

/** The name that a database has when nobody gives it another one. */
const DEFAULT_NAME = "django";

/**
 * What `deployment.ts` says of the database that doesn't fit the one that is there. MariaDB's image reads name and user
 * at its first start only, and data of a newer version are not opened by an older one.
 *
 * @param record what the deployment has noted when it last came up
 */
export async function changedDatabase(
  workspace: Workspace,
  files: VolumeFiles,
  record: DeploymentRecord | undefined,
): Promise<Problem[]> {
  const { deployment, docker } = workspace;
  const { name, database } = deployment;
  const volume = objectName({ name }, "dbdata");
  if ((await docker.inspectVolumes([volume])).length === 0) return [];
  const there = await versionOf(files, volume);
  // Nothing was ever finished there.
  if (there === undefined) return [];
  const [hasDatabase, user] = await Promise.all([
    holds(files, volume, database.name),
    otherUser(workspace, record),
  ]);
  const before = hasDatabase ? undefined : await nameBefore(workspace, files, volume, record);
  return [
    ...(before === undefined ? [] : [machineProblems.otherDatabaseName(database.name, before)]),
    ...(user === undefined ? [] : [machineProblems.otherDatabaseUser(database.user, user)]),
    ...(isOlder(wantedVersion(workspace), there)
      ? [machineProblems.olderDatabaseVersion(wantedVersion(workspace), there)]
      : []),
  ];
}

async function versionOf(files: VolumeFiles, volume: string): Promise<string | undefined> {
  for (const file of VERSION_FILES) {
    const version = /^(\d+\.\d+)/.exec((await files.read(volume, file)) ?? "")?.[1];
    if (version !== undefined) return version;
  }
  return undefined;
}

/** Each database is a folder, in which MariaDB keeps this file. */
async function holds(files: VolumeFiles, volume: string, database: string): Promise<boolean> {
  return (await files.read(volume, `${database}/db.opt`)) !== undefined;
}

async function nameBefore(
  { deployment }: Workspace,
  files: VolumeFiles,
  volume: string,
  record: DeploymentRecord | undefined,
): Promise<string | undefined> {
  for (const name of [record?.database.name ?? DEFAULT_NAME, DEFAULT_NAME])
    if (name !== deployment.database.name && (await holds(files, volume, name))) return name;
  return undefined;
}

/** The user that was made, when it is another one and that can be known: from the server, or from the record. */
async function otherUser(
  { deployment, docker }: Workspace,
  record: DeploymentRecord | undefined,
): Promise<string | undefined> {
  const { name, database } = deployment;
  const before = record?.database.user;
  const server = (await docker.containers(name)).find(
    ({ role, status }) => role === "database" && status === "running",
  );
  const users = server && (await queryAsRoot(docker, server.id, "SELECT User FROM mysql.global_priv"));
  if (!users) return before === database.user ? undefined : before;
  if (users.includes(database.user)) return undefined;
  return before ?? users.find((user) => !SYSTEM_USERS.includes(user));
}

/** Accounts that are nobody's application. */
const SYSTEM_USERS = ["", "root", "mariadb.sys", "healthcheck", "mysql", "PUBLIC"];

/** The version that would run: this machine may have another than the one that nobody asked for. */
function wantedVersion({ deployment, root }: Workspace): string {
  const { version, pinned } = deployment.database.image;
  const tag = readMachine(root).images?.mariadb?.split(":").at(-1);
  return pinned || tag === undefined || !/^\d+\.\d+/.test(tag) ? version : tag;
}

/** Whether a version is of an older series than another one: within a series, going back is no harm. */
export function isOlder(version: string, than: string): boolean {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  const [thanMajor = 0, thanMinor = 0] = than.split(".").map(Number);
  return major < thanMajor || (major === thanMajor && minor < thanMinor);
}
