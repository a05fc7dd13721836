import type { DeploymentInput } from "./schema";

export type { Deployment } from "./deployment";
export type { DeploymentInput } from "./schema";

/**
 * Describes one Django application; `deployment.ts` exports what it returns.
 *
 * It gives an editor the types and checks nothing: every problem is reported at once by the command that reads
 * the file, together with those of the project's own files.
 *
 * @param input what is known; only `project.folder` is required
 * @example
 * export default defineDeployment({ project: { folder: "examples/guestbook" } });
 */
export function defineDeployment(input: DeploymentInput): DeploymentInput {
  return input;
}
