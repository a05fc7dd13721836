import * as z from "zod";
import { identifier, mebibytes, version } from "./values";

/** Databases of MariaDB's own, which no application may take over. */
const SYSTEM_DATABASES = ["mysql", "information_schema", "performance_schema", "sys"];

/** Accounts that MariaDB and its image make for themselves. */
const SYSTEM_USERS = ["root", "mysql", "healthcheck", "PUBLIC"];

/** MariaDB. Its passwords are made once inside Docker; only `.env` may set them. */
export const databaseSchema = z.strictObject({
  /**
   * Version of MariaDB, the tag of the official image. A newer one upgrades the data at its first start;
   * an older one does not open them and is refused.
   *
   * @default `11.8`
   * @source mariadb.org, maintenance policy: the long-term release that is maintained until 2028
   */
  version: version("MariaDB", /^1\d\.\d{1,2}(\.\d{1,2})?$/, "11.8").optional(),
  /**
   * Name of the database (`DATABASE_NAME`). Once it is made, another name is refused.
   *
   * @default `django`
   * @source our choice: one database, one application
   */
  name: identifier(SYSTEM_DATABASES).default("django"),
  /**
   * User that owns it (`DATABASE_USER`). Once it is made, another user is refused.
   *
   * @default `django`
   * @source our choice
   */
  user: identifier(SYSTEM_USERS).default("django"),
  /**
   * Most memory that MariaDB's container may use. InnoDB's buffer pool is what is left of it when all connections of two
   * releases (`web.workers` × `web.threads`) sort and group at once, and at least 64 MiB.
   *
   * @default its share of `local.memory`, and of the instance type's on a host: 464 of 2 GiB
   * @source our choice: 30 % of what the system leaves; what MariaDB takes beside the pool is measured
   */
  memory: mebibytes(256, 512).optional(),
});
