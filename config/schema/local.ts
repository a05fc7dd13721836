import * as z from "zod";
import { port } from "./values";

/** The stack on the local Docker engine. */
export const localSchema = z.strictObject({
  /**
   * `production` is what runs on a host: nginx, gunicorn, Django, MariaDB. `development` is runserver with the
   * source mounted and reloaded, and the database published.
   *
   * @default `production`
   */
  profile: z.enum(["production", "development"]).default("production"),
  /** Port of nginx on this machine, profile `production`. @default 8080 */
  port: port.default(8080),
  /** Port of runserver on this machine, profile `development`. @default 8000 */
  developmentPort: port.default(8000),
  /** Port of MariaDB on this machine, profile `development`; never published in `production`. @default 3307 */
  databasePort: port.default(3307),
  /**
   * Address on which ports are published.
   *
   * @default `127.0.0.1`: Docker opens published ports past the firewall
   */
  address: z.union([z.ipv4(), z.ipv6()]).default("127.0.0.1"),
  /**
   * Address of the Docker engine, for example `ssh://ubuntu@192.0.2.1`.
   *
   * @default the environment's `DOCKER_HOST`, else the engine on this machine
   */
  dockerHost: z
    .string()
    .regex(/^(unix|tcp|ssh|npipe):\/\/\S+$/, "unix://…, ssh://… or tcp://…")
    .optional(),
});
