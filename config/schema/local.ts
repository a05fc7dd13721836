import * as z from "zod";
import { descriptions, mebibytes, port, text } from "./values";

/** The stack on the local Docker engine. */
export const localSchema = z.strictObject({
  /**
   * `production` is what runs on a host: nginx, gunicorn, Django, MariaDB. `development` is runserver with the
   * source mounted and reloaded, and the database published.
   *
   * @default `production`
   * @source our choice: what runs here is what runs on a host
   */
  profile: z.enum(["production", "development"]).default("production"),
  /**
   * Port of nginx on this machine, profile `production`.
   *
   * @default 8080
   * @source our choice: the usual alternative to 80 that needs no privilege
   */
  port: port.default(8080),
  /**
   * Port of runserver on this machine, profile `development`.
   *
   * @default 8000
   * @source Django's own default
   */
  developmentPort: port.default(8000),
  /**
   * Port of MariaDB on this machine, profile `development`; never published in `production`.
   *
   * @default 3307
   * @source our choice: beside a MySQL of the machine's own at 3306
   */
  databasePort: port.default(3307),
  /**
   * Address on which ports are published; `0.0.0.0` is every one of this machine.
   *
   * @default `127.0.0.1`
   * @source docs.docker.com, "Packet filtering and firewalls": published ports pass by ufw
   */
  address: z
    .union([z.ipv4(), z.ipv6()])
    .register(descriptions, { expected: "an IPv4 or IPv6 address of this machine", example: "127.0.0.1" })
    .default("127.0.0.1"),
  /**
   * Memory that the stack is laid out for. Given, all that was fixed elsewhere must fit it; the engine isn't asked.
   *
   * @default 2048
   * @source our choice: that of a t4g.small, so that what runs here fits there
   */
  memory: mebibytes(1024, 4096).optional(),
  /**
   * Address of the Docker engine.
   *
   * @default the environment's `DOCKER_HOST`, else the engine on this machine
   */
  dockerHost: text(
    /^(unix|tcp|ssh|npipe):\/\/[^\s"'`$%{}]+$/,
    "the address of a Docker engine: unix://…, ssh://… or tcp://…",
    "ssh://ubuntu@192.0.2.1",
  ).optional(),
});
