import type { Service } from "../service";

/** What every container has unless its service says otherwise: nothing that it doesn't need. */
export const HARDENED = {
  files: [],
  ports: [],
  capabilities: [],
  readOnly: true,
  networked: true,
  revisions: {},
  dependsOn: [],
} as const satisfies Partial<Service>;

/** Limits of the small programs that run once; MiB and processes. */
export const TASK = { kind: "task", singleton: false, memory: 256, processes: 64, stopGrace: 10 } as const;

/** Where the secrets volume is mounted. */
export const SECRETS = "/run/secrets";

/** Where the volume of sockets is mounted, in nginx and in web. */
export const SOCKETS = "/run/web";
