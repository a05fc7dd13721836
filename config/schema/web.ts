import * as z from "zod";
import { mebibytes, whole } from "./values";

/** gunicorn and Django. */
export const webSchema = z.strictObject({
  /**
   * gunicorn's worker processes.
   *
   * @default 2 × processors + 1, less when memory is short: 3 here, 5 on a t4g.small
   * @source docs.gunicorn.org, "How Many Workers?"; one processor is assumed here
   */
  workers: whole(1, 64, "processes", 3).optional(),
  /**
   * Threads of each worker: as many requests as it serves at once.
   *
   * @default 4
   * @source docs.gunicorn.org, setting `threads`: 2 to 4 for each processor
   */
  threads: whole(1, 64, "threads").default(4),
  /**
   * Time that a request may take until its answer begins. Then the visitor gets 504, the log shows where the request
   * is, and its worker is replaced by a new one unless the request ends: the new one starts first, and the old one
   * finishes its other requests. nginx waits 5 s longer.
   *
   * @default 30
   * @source gunicorn's own default
   */
  timeout: whole(1, 3600, "seconds").default(30),
  /**
   * Time that running requests have left when a release replaces their container.
   *
   * @default 30
   * @source gunicorn's own default
   */
  gracefulTimeout: whole(1, 3600, "seconds").default(30),
  /**
   * Most memory that the web container may use. The room for uploads in progress comes on top
   * (`proxy.bodySize`).
   *
   * @default its share of `local.memory`, and of the instance type's on a host: 480 of 2 GiB
   * @source our choice: half of what system, nginx and MariaDB leave, since two overlap in a release
   */
  memory: mebibytes(128, 512).optional(),
  /**
   * Requests after which a worker is replaced, against leaks; 0 for never. Up to a fifth is added at random, so
   * that they aren't replaced all at once.
   *
   * @default 10000
   * @source our choice: a leak of 10 KiB a request stays below 100 MiB, and the clients who meet a new worker stay below 1 %
   */
  maxRequests: whole(0, 1_000_000, "requests").default(10_000),
  /**
   * Time that a new release must serve without dying before the old one is stopped. Until then the old one takes
   * over at once when the new one fails.
   *
   * @default 5
   * @source our choice: long enough for a crash at the first requests, and a release still takes about 10 s
   */
  soak: whole(1, 300, "seconds").default(5),
  /**
   * Time that a new container may take until it has served for `soak`; then the release fails.
   *
   * @default 120
   * @source our choice: a large project's imports on a busy machine
   */
  startTimeout: whole(10, 3600, "seconds").default(120),
});
