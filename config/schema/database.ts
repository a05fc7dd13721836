import * as z from "zod";
import { identifier, mebibytes } from "./values";

/** MariaDB. Its passwords are made once inside Docker; only `.env` may set them. */
export const databaseSchema = z.strictObject({
  /**
   * Version of MariaDB, the tag of the official image. A newer one upgrades the data at its first start;
   * an older one does not open them.
   *
   * @default `11.8`, the long-term release that is maintained until 2028
   */
  version: z
    .string()
    .regex(/^\d{2}\.\d{1,2}(\.\d{1,2})?$/, 'a version of MariaDB in quotes, for example "11.8"')
    .optional(),
  /** Name of the database (`DATABASE_NAME`). @default `django` */
  name: identifier.default("django"),
  /** User that owns it (`DATABASE_USER`). @default `django` */
  user: identifier
    .refine((user) => user !== "root", "a user of the application's own, not root")
    .default("django"),
  /** Most memory that MariaDB's container may use, in MiB, from 256; 60 % of it becomes InnoDB's buffer pool. @default 512 */
  memory: mebibytes(256).default(512),
});
