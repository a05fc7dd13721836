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
      command: ["healthcheck.sh", "--connect", "--innodb_initialized"],
      interval: 2,
      timeout: 10,
      retries: 5,
      startPeriod: 120,
    },
    startTimeout: 180,
    dependsOn: [{ role: "secrets", condition: "completed" }],
  };
}
