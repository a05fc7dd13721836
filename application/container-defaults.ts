import type { ContainerDescription } from "./service";

/** What every container has unless its definition says otherwise: nothing that it doesn't need. */
export const HARDENED = {
  files: [],
  ports: [],
  capabilities: [],
  readOnly: true,
  networked: true,
  revisions: {},
  dependsOn: [],
} as const satisfies Partial<ContainerDescription>;

/** Limits of the small programs that run once; MiB, processes and seconds. */
export const SMALL_TASK = { singleton: false, memory: 256, processes: 64, stopGrace: 10 } as const;
