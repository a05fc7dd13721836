import { objectName } from "../../application/application";
import { DATA_VOLUME, database as definition } from "../../application/backing-services/database";
import { baseOf } from "../../application/image";
import type { Problem } from "../../config/errors";
import { readMachine } from "../computer/machine";
import type { DeploymentRecord } from "../data/record";
import { databaseServer, queryAsRoot } from "../data/tables";
import { machineProblems } from "../problems";
import type { Workspace } from "../workspace/workspace";
import { lookAtData } from "./stored-database";

/** What a data directory is of. */
export interface DataIdentity {
  /** MariaDB's version, for example 11.8; empty when nothing was ever finished there. */
  readonly version: string;
  /** Databases in it, MariaDB's own left out. */
  readonly databases: readonly string[];
  /** Accounts; undefined when only files were looked at. */
  readonly users?: readonly string[];
}

/** The name that a database has when nobody gives it another one. */
const DEFAULT_NAME = "django";

/**
 * What `deployment.ts` says of the database that doesn't fit the one that is there. MariaDB's image reads name and user
 * at its first start only, and data of a newer version are not opened by an older one.
 *
 * @param record what the deployment has noted when it last came up
 * @param running what the server said that runs, when one does: a look at the files takes a second
 */
export async function changedDatabase(
  workspace: Workspace,
  record: DeploymentRecord | undefined,
  running: DataIdentity | undefined,
): Promise<Problem[]> {
  const { database } = workspace.deployment;
  const there = running ?? (await identityOfFiles(workspace));
  if (there.version === "") return [];
  const before = nameBefore(there, database.name, record);
  const user = otherUser(there, database.user, record);
  return [
    ...(before === undefined ? [] : [machineProblems.otherDatabaseName(database.name, before)]),
    ...(user === undefined ? [] : [machineProblems.otherDatabaseUser(database.user, user)]),
    ...(isOlder(wantedVersion(workspace), there.version)
      ? [machineProblems.olderDatabaseVersion(wantedVersion(workspace), there.version)]
      : []),
  ];
}

/** What the server says of its data; undefined when none runs, or it does not answer. */
export async function identityOfServer({ deployment, docker }: Workspace): Promise<DataIdentity | undefined> {
  const server = databaseServer(await docker.containers(deployment.name));
  const rows = server && (await queryAsRoot(docker, server.id, IDENTITY));
  if (!rows) return undefined;
  const of = (kind: string): string[] =>
    rows.flatMap((row) => (row.startsWith(`${kind}\t`) ? [row.slice(kind.length + 1)] : []));
  return {
    version: /^\d+\.\d+/.exec(of("version").join(""))?.[0] ?? "",
    databases: of("schema"),
    users: of("user"),
  };
}

/** The same from the files, by the script that a host's release program runs, too. */
async function identityOfFiles(workspace: Workspace): Promise<DataIdentity> {
  const found = await workspace.docker.inspectVolumes([objectName(workspace.application, DATA_VOLUME)]);
  if (found.length === 0) return { version: "", databases: [] };
  return JSON.parse(await lookAtData(workspace, "database_identity.py")) as DataIdentity;
}

/** Rows of a kind and a value. Three statements, because a UNION of these columns mixes collations. */
const IDENTITY = `SELECT 'version', VERSION();
  SELECT 'schema', schema_name FROM information_schema.schemata
    WHERE schema_name NOT IN ('mysql', 'sys', 'information_schema', 'performance_schema') ORDER BY schema_name;
  SELECT 'user', User FROM mysql.global_priv`;

/** The database that is there in place of the one that is wanted: as it was noted, else the likeliest. */
function nameBefore(
  { databases }: DataIdentity,
  wanted: string,
  record: DeploymentRecord | undefined,
): string | undefined {
  if (databases.includes(wanted)) return undefined;
  const likely = [record?.database.name, DEFAULT_NAME].find(
    (name) => name !== undefined && databases.includes(name),
  );
  return likely ?? databases[0];
}

/** The user that was made, when it is another one and that can be known: from the server, or from the record. */
function otherUser(
  { users }: DataIdentity,
  wanted: string,
  record: DeploymentRecord | undefined,
): string | undefined {
  const before = record?.database.user;
  if (!users) return before === wanted ? undefined : before;
  if (users.includes(wanted)) return undefined;
  return before ?? users.find((user) => !SYSTEM_USERS.includes(user));
}

/** Accounts that are nobody's application. */
const SYSTEM_USERS = ["", "root", "mariadb.sys", "healthcheck", "mysql", "PUBLIC"];

/** The version that would run: this machine may have another than the one that nobody asked for. */
function wantedVersion({ deployment, root }: Workspace): string {
  const image = definition.image(deployment);
  const { version, pinned } = baseOf(image).version;
  const tag = readMachine(root).images?.[baseOf(image).base]?.split(":").at(-1);
  return pinned || tag === undefined || !/^\d+\.\d+/.test(tag) ? version : tag;
}

/** Whether a version is of an older series than another one: within a series, going back is no harm. */
export function isOlder(version: string, than: string): boolean {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  const [thanMajor = 0, thanMinor = 0] = than.split(".").map(Number);
  return major < thanMajor || (major === thanMajor && minor < thanMinor);
}
