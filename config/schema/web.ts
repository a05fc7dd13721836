import * as z from "zod";
import { mebibytes, seconds } from "./values";

/** gunicorn and Django. */
export const webSchema = z.strictObject({
  /** gunicorn's worker processes, 1 to 64: 2 × processors + 1, less when memory is short. @default 3 */
  workers: z.int().min(1).max(64).default(3),
  /** Threads of each worker, 1 to 64; gunicorn recommends 2 to 4 for each processor. @default 4 */
  threads: z.int().min(1).max(64).default(4),
  /** Seconds after which a silent worker is replaced, 1 to 3600; gunicorn's own default. @default 30 */
  timeout: seconds(1, 3600).default(30),
  /** Seconds that running requests have left when a release replaces their container, 1 to 3600. @default 30 */
  gracefulTimeout: seconds(1, 3600).default(30),
  /** Most memory that the web container may use, in MiB, from 128. @default 512 */
  memory: mebibytes(128).default(512),
  /** Requests after which a worker is replaced (against leaks), 0 for never. A tenth is added at random. @default 2000 */
  maxRequests: z.int().min(0).max(1_000_000).default(2000),
  /**
   * Seconds that a new release must serve without dying before the old one is stopped, 1 to 300. Until then
   * the old one takes over at once when the new one fails.
   *
   * @default 5
   */
  soak: seconds(1, 300).default(5),
  /** Seconds that a new container may take until it has served for `soak`, 10 to 3600; then the release fails. @default 120 */
  startTimeout: seconds(10, 3600).default(120),
});
