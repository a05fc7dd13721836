import type { Deployment } from "../../config/deployment";
import { DATABASE_USER } from "../image";
import type { Service } from "../service";
import { tmpfs, volumeMount } from "../volumes";
import { HARDENED, SECRETS } from "./defaults";
import { mariadbImage } from "./images";

/** Share of the container's memory for InnoDB's buffer pool: 60 to 70 % (mariadb.com/kb, "MariaDB Memory Allocation"). */
const BUFFER_POOL_SHARE = 0.6;

/** MariaDB's own default. */
const MAX_CONNECTIONS = 151;

/** Connections that the application's user can't take: for root, the health check and whoever looks. */
const RESERVED_CONNECTIONS = 10;

/** A second port, whose connections are not counted: the health check gets in when all others are taken. */
const CHECK_PORT = 3307;

/**
 * Seconds in which MariaDB may recover from a crash, or upgrade its data: one hour.
 *
 * @source our choice: an hour of redo log and undo on a slow disk; a server that ends by itself is noticed at once
 */
export const DATABASE_START = 3600;

/** MariaDB. Its port is published in the profile `development` only. */
export function databaseService(deployment: Deployment): Service {
  const { database, local, web } = deployment;
  const development = local.profile === "development";
  // Two releases overlap, and each thread may hold a connection.
  const connections = Math.max(MAX_CONNECTIONS, 2 * web.workers * web.threads + 20);
  return {
    ...HARDENED,
    role: "database",
    kind: "service",
    singleton: true,
    image: mariadbImage(deployment),
    command: [
      "--character-set-server=utf8mb4",
      "--collation-server=utf8mb4_unicode_ci",
      `--innodb-buffer-pool-size=${Math.floor(database.memory * BUFFER_POOL_SHARE)}M`,
      `--max-connections=${connections}`,
      // Root is exempt, and so gets in when the application holds all that it may have.
      `--max-user-connections=${connections - RESERVED_CONNECTIONS}`,
      `--extra-port=${CHECK_PORT}`,
      "--extra-max-connections=4",
      "--skip-name-resolve",
      "--local-infile=0",
    ],
    environment: {
      MARIADB_DATABASE: database.name,
      MARIADB_USER: database.user,
      MARIADB_PASSWORD_FILE: `${SECRETS}/database_password`,
      MARIADB_ROOT_PASSWORD_FILE: `${SECRETS}/database_root_password`,
      MARIADB_ROOT_HOST: development ? "%" : "localhost",
      MARIADB_AUTO_UPGRADE: "1",
    },
    mounts: [
      volumeMount("dbdata", "/var/lib/mysql"),
      volumeMount("secrets", SECRETS, true),
      tmpfs("/run/mysqld", 1),
      tmpfs("/tmp", 64),
    ],
    ports: development ? [{ address: local.address, external: local.databasePort, internal: 3306 }] : [],
    user: DATABASE_USER,
    memory: database.memory,
    processes: 512,
    // Enough to write back a full buffer pool; Docker's own 10 s would force crash recovery.
    stopGrace: 60,
    healthCheck: {
      // The image's own healthcheck.sh asks the port that the application can fill. The server that initialises a
      // new data directory listens on no port, so that it is never healthy.
      command: [
        "mariadb",
        "--defaults-extra-file=/var/lib/mysql/.my-healthcheck.cnf",
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
    dependsOn: [{ role: "secrets", condition: "completed" }],
  };
}
