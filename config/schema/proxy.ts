import * as z from "zod";
import { mebibytes } from "./values";

/** nginx. */
export const proxySchema = z.strictObject({
  /** Version of nginx, the tag of the official image. @default `1.28`, the stable branch */
  version: z
    .string()
    .regex(/^1\.\d{1,2}(\.\d{1,2})?$/, 'a version of nginx in quotes, for example "1.28"')
    .optional(),
  /** Largest request body, in MiB, 1 to 10240 (`client_max_body_size`): the largest upload. @default 20 */
  bodySize: z.int().min(1).max(10_240).default(20),
  /** Requests a second that one address may make to Django before it gets 429, from 1. @default 200 */
  rateLimit: z.int().min(1).max(100_000).default(200),
  /** Connections that one address may hold at once, from 1. @default 200 */
  connectionLimit: z.int().min(1).max(100_000).default(200),
  /** Connections that each worker process may hold, 64 to 65536 (`worker_connections`). @default 1024 */
  workerConnections: z.int().min(64).max(65_536).default(1024),
  /** Most memory that nginx's container may use, in MiB, from 32. @default 128 */
  memory: mebibytes(32).default(128),
});
