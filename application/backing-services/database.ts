import type { Deployment } from "../../config/deployment";
import { roundedDown } from "../../config/memory-budget";
import { objectName } from "../application";
import { HARDENED } from "../container-defaults";
import { type BackingServiceDefinition, memoryOf } from "../registry/definition";
import type { ContainerDescription } from "../service";
import { SECRETS_FOLDER, SECRETS_VOLUME, secrets } from "../tasks/secrets";
import { tmpfs, volumeMount } from "../volume";
import { ALLOCATOR, databaseMemory, largestStatement, workingConnections } from "./database-memory";

/** Role of the volume with MariaDB's data directory. */
export const DATA_VOLUME = "dbdata";

/** MariaDB's user in the official image. */
const DATABASE_USER = "999:999";

/** MariaDB's own port. */
const PORT = 3306;

/** Share of what the system leaves that MariaDB gets. */
const MEMORY_SHARE = 0.3;

/** Where MariaDB's data directory is. */
const DATA = "/var/lib/mysql";

/** MariaDB's own default. */
const MAX_CONNECTIONS = 151;

/** Connections that the application's user can't take: for root, the health check and whoever looks. */
const RESERVED_CONNECTIONS = 10;

/** A second port, whose connections are not counted: the health check gets in when all others are taken. */
const CHECK_PORT = 3307;

/**
 * Least seconds after which MariaDB ends a transaction in which nothing happens, and with it the connection.
 *
 * @source our choice: a page that waits for another program in the midst of a transaction has `web.timeout`, and as long again
 */
const IDLE_TRANSACTION = 60;

/**
 * Seconds in which MariaDB may recover from a crash, or upgrade its data: one hour.
 *
 * @source our choice: an hour of redo log and undo on a slow disk; a server that ends by itself is noticed at once
 */
const DATABASE_START = 3600;

/** MariaDB. Its port is published in the profile `development` only. */
export const database: BackingServiceDefinition = {
  name: "database",
  kind: "backing-service",
  stack: "local-database",
  // It may need long to come up, after a crash.
  judge: "healthy",
  // MariaDB reads them for an empty data directory only.
  keepsSecrets: true,
  visitorsWait: true,
  assets: ["access"],
  image: ({ database: { image } }) => ({
    kind: "base",
    base: "mariadb",
    reference: `mariadb:${image.version}`,
    version: image,
  }),
  volumes: [{ role: DATA_VOLUME, data: "the database", keepsOwner: true }],
  secrets: [
    {
      name: "database_root_password",
      readers: "owner",
      givenAs: ["MYSQL_ROOT_PASSWORD", "MARIADB_ROOT_PASSWORD"],
    },
    {
      name: "database_password",
      readers: "all",
      variable: "DATABASE_PASSWORD",
      givenAs: ["DATABASE_PASSWORD", "MYSQL_PASSWORD", "MARIADB_PASSWORD"],
    },
  ],
  secretVariables: ({ databaseVariables: { password, url } }) => ({
    DATABASE_PASSWORD: password,
    DATABASE_URL: url,
  }),
  memory: {
    copies: 1,
    least: 256,
    of: (free) => roundedDown(free * MEMORY_SHARE),
    wish: (settings) => settings.database.memory,
  },
  provides: {
    environment: (deployment) => ({
      ...addressOf(deployment),
      DATABASE_PASSWORD_FILE: `${SECRETS_FOLDER}/database_password`,
    }),
    theirEnvironment: (deployment) => {
      const { engine, host, port, name, user } = deployment.project.databaseVariables;
      const address = addressOf(deployment);
      const values: [string | undefined, string][] = [
        [engine?.variable, engine?.value ?? ""],
        [host, address.DATABASE_HOST],
        [port, address.DATABASE_PORT],
        [name, address.DATABASE_NAME],
        [user, address.DATABASE_USER],
      ];
      return Object.fromEntries(
        values.flatMap(([theirs, value]) => (theirs === undefined ? [] : [[theirs, value] as const])),
      );
    },
  },
  container: databaseContainer,
};

/** Where the database is, and what it is called there. */
function addressOf(
  deployment: Deployment,
): Record<"DATABASE_HOST" | "DATABASE_PORT" | "DATABASE_NAME" | "DATABASE_USER", string> {
  return {
    DATABASE_HOST: objectName(deployment, database.name),
    DATABASE_PORT: String(PORT),
    DATABASE_NAME: deployment.database.name,
    DATABASE_USER: deployment.database.user,
  };
}

function databaseContainer(deployment: Deployment): ContainerDescription {
  const { database: settings, local, proxy } = deployment;
  const memory = memoryOf(deployment, database);
  const development = local.profile === "development";
  const working = workingConnections(deployment);
  const connections = Math.max(MAX_CONNECTIONS, working + 2 * RESERVED_CONNECTIONS);
  const rooms = databaseMemory(memory, working, proxy.bodySize);
  return {
    ...HARDENED,
    singleton: true,
    command: [
      "--character-set-server=utf8mb4",
      "--collation-server=utf8mb4_unicode_ci",
      `--innodb-buffer-pool-size=${rooms.pool}M`,
      "--innodb-log-buffer-size=8M",
      `--tmp-table-size=${rooms.temporaryTable}M`,
      `--aria-pagecache-buffer-size=${rooms.temporaryPages}M`,
      "--sort-buffer-size=512K",
      // For MyISAM, which Django's tables are not.
      "--key-buffer-size=1M",
      "--performance-schema=OFF",
      // Temporary tables, sorting and index builds need as much room as the data. A file system in memory has none. What
      // a crash leaves there has names that MariaDB removes at its start.
      `--tmpdir=${DATA}`,
      `--max-allowed-packet=${largestStatement(proxy.bodySize)}M`,
      `--max-connections=${connections}`,
      // Root is exempt, and so gets in when the application holds all that it may have.
      `--max-user-connections=${connections - RESERVED_CONNECTIONS}`,
      `--extra-port=${CHECK_PORT}`,
      "--extra-max-connections=4",
      // Whoever has forgotten a transaction holds its tables: no migration would come through. (`loose`: a version
      // without the option starts all the same.)
      `--loose-idle-transaction-timeout=${Math.max(IDLE_TRANSACTION, 2 * deployment.web.timeout)}`,
      // Says which connection holds a table. Where the plugin is not installed, MariaDB starts without it.
      "--plugin-load-add=metadata_lock_info",
      "--skip-name-resolve",
      "--local-infile=0",
    ],
    environment: {
      ...ALLOCATOR,
      MARIADB_DATABASE: settings.name,
      MARIADB_USER: settings.user,
      MARIADB_PASSWORD_FILE: `${SECRETS_FOLDER}/database_password`,
      MARIADB_ROOT_PASSWORD_FILE: `${SECRETS_FOLDER}/database_root_password`,
      MARIADB_ROOT_HOST: development ? "%" : "localhost",
      MARIADB_AUTO_UPGRADE: "1",
    },
    mounts: [
      volumeMount(DATA_VOLUME, DATA),
      volumeMount(SECRETS_VOLUME, SECRETS_FOLDER, true),
      tmpfs("/run/mysqld", 1),
      tmpfs("/tmp", 16),
    ],
    ports: development ? [{ address: local.address, external: local.databasePort, internal: PORT }] : [],
    user: DATABASE_USER,
    memory,
    processes: 512,
    // Enough to write back a full buffer pool; Docker's own 10 s would force crash recovery.
    stopGrace: 60,
    healthCheck: {
      // The image's own healthcheck.sh asks the port that the application can fill. The server that initialises a
      // new data directory listens on no port, so that it is never healthy.
      command: [
        "mariadb",
        `--defaults-extra-file=${DATA}/.my-healthcheck.cnf`,
        // By address: the account is healthcheck@127.0.0.1, and names are not resolved.
        "--host=127.0.0.1",
        `--port=${CHECK_PORT}`,
        "--protocol=tcp",
        "--connect-timeout=5",
        "--execute=SELECT 1",
      ],
      interval: 2,
      timeout: 10,
      // Six minutes of silence: an engine kills what is unhealthy, and a slow disk is no reason to.
      retries: 30,
      startPeriod: DATABASE_START,
    },
    startTimeout: DATABASE_START,
    dependsOn: [{ role: secrets.name, condition: "completed" }],
  };
}
