import type { Application } from "../../application/application";
import type { Service } from "../../application/service";
import { HARDENED } from "../../application/container-defaults";
import { applicationOf } from "../../application/model";
import { guestbook } from "./guestbook";

/** A service that runs until it is stopped, with nothing special about it. */
export const plainService: Service = {
  ...HARDENED,
  role: "web",
  kind: "process",
  stack: "local",
  singleton: false,
  image: {
    kind: "base",
    base: "nginx",
    reference: "nginx:1.30",
    version: { version: "1.30", pinned: false },
  },
  environment: {},
  mounts: [],
  user: "10001:10001",
  memory: 64,
  processes: 32,
  stopGrace: 30,
};

/** An application of the given services. */
export function applicationWith(...services: Service[]): Application {
  return { ...applicationOf(guestbook), services };
}
