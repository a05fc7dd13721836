import type { DeploymentInput } from "../config";

/** Name of the deployment that is measured: all that it has on the engine begins with it. */
export const STAND = "bench";

/** The example with every default but one: the load comes from one address, so that its limits would be measured. */
export function standInput(port: number): DeploymentInput {
  return {
    name: STAND,
    project: { folder: "guestbook" },
    proxy: { rateLimit: 100_000, connectionLimit: 10_000 },
    local: { port },
  };
}
