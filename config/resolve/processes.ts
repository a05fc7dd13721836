import type { Process } from "../deployment";
import { type Problem, problems } from "../errors";
import type { DeploymentSettings } from "../schema";
import { wordsOf } from "../grammar/command";

/** The processes of `deployment.ts`, in its order. Pure. */
export function resolveProcesses({ processes }: Pick<DeploymentSettings, "processes">): Process[] {
  return Object.entries(processes).map(([name, { command, ...settings }]) => ({
    name,
    command: wordsOf(command),
    ...settings,
  }));
}

/** @param taken names that no process may have */
export function processProblems(processes: readonly Process[], taken: readonly string[]): Problem[] {
  return processes.flatMap(({ name, count, singleton }) => [
    ...(taken.includes(name) ? [problems.takenName(`processes.${name}`, name, taken)] : []),
    ...(singleton && count > 1 ? [problems.singletonTwice(name, count)] : []),
  ]);
}
