import * as z from "zod";
import { LOGIN_PATH } from "../grammar/login-path";
import { mebibytes, text, version, whole } from "./values";

/** nginx. */
export const proxySchema = z.strictObject({
  /**
   * Version of nginx, the tag of the official image.
   *
   * @default `1.30`
   * @source nginx.org, the stable branch
   */
  version: version("nginx", /^1\.\d\d(\.\d{1,2})?$/, "1.30").optional(),
  /**
   * Largest request body: the largest upload (`client_max_body_size`). nginx takes in so many at once as fit 2 GiB of
   * disk, and four in any case; one more is answered 429. Bodies below 2 MB have a quarter of that room for themselves,
   * so that large uploads keep nobody from sending a form. MariaDB's largest statement follows from it, 64 MiB at least:
   * a body that is stored in one row fits. Above 31 MiB another size restarts MariaDB, when it needs a larger power of two.
   *
   * @default 20
   * @source our choice: a few photographs; nginx's own default is 1
   */
  bodySize: whole(1, 10_240, "MiB").default(20),
  /**
   * Requests that one address may make to Django before it gets 429; twice as many at once pass.
   *
   * @default 200
   * @source our choice: an office behind one address passes, a runaway script does not
   */
  rateLimit: whole(1, 100_000, "requests a second").default(200),
  /**
   * Log-ins that one address may send before it gets 429; as many more at once pass. A log-in is a POST to a path
   * whose last part is `login`, `log-in`, `signin` or `sign-in`, as the admin's is, to `LOGIN_URL`, or to `loginPaths`.
   *
   * @default 20
   * @source our choice: a class of twenty logs in at once, and who guesses passwords gets 1,200 of them an hour
   */
  loginRateLimit: whole(1, 100_000, "requests a minute").default(20),
  /**
   * Further paths to which passwords are sent, with `loginRateLimit` for their POSTs.
   *
   * @default none
   */
  loginPaths: z
    .array(
      text(LOGIN_PATH, "a path that begins with a slash, of letters, digits, _ . - and /", "/members/enter/"),
    )
    .default([]),
  /**
   * Connections that one address may hold at once.
   *
   * @default 200
   * @source our choice: thirty browsers behind one address (each opens up to 6)
   */
  connectionLimit: whole(1, 65_535, "connections").default(200),
  /**
   * Networks of a CDN or a load balancer in front of nginx, in CIDR form (IPv4 and IPv6), or the name of one whose networks
   * are known: `cloudflare`. What they say in `X-Forwarded-For` is the visitor's address, for limits, log and Django; what
   * they say in `X-Forwarded-Proto` is the visitor's scheme. Nobody else is believed.
   *
   * @default none
   */
  trusted: z
    .array(
      text(/^[0-9A-Za-z.:/-]{1,50}$/, "a network in CIDR form or the name of a preset", "203.0.113.0/24"),
    )
    .default([]),
  /**
   * Whether the access log has a line for each static file that was served. Errors are in it in any case. The engine reads
   * each line: all of them cost nginx a quarter of its rate.
   *
   * @default false
   * @source our choice: whoever looks for an error does not look among files that were served
   */
  staticLog: z.boolean().default(false),
  /**
   * Connections that each worker process may hold (`worker_connections`).
   *
   * @default 1024
   * @source the official image's nginx.conf
   */
  workerConnections: whole(64, 65_536, "connections").default(1024),
  /**
   * Most memory that nginx's container may use. 80 MiB for parts of answers that wait for slow clients come on top.
   * Another figure, like another version, replaces the container on a host: its ports close for about 5 s.
   *
   * @default 128, on machines below 2 GiB 64
   * @source our choice: some 10 MiB, and 100 KiB for each connection that waits
   */
  memory: mebibytes(32, 128).optional(),
});
