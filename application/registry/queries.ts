import type { Deployment, Process } from "../../config/deployment";
import type { MemoryShare } from "../../config/memory-budget";
import { workerProcess } from "../processes/worker-process";
import type { Definition } from "./definition";
import { DEFINITIONS } from "./definitions";

/** Every definition of an application: those of the list, and one for each process of `deployment.ts`. */
export function definitionsOf(
  { processes }: Pick<Deployment, "processes">,
  listed: readonly Definition[] = DEFINITIONS,
): readonly Definition[] {
  return [...listed, ...processes.map(workerProcess)];
}

/** Names of the listed definitions for which something is true; those of every profile. */
export function rolesThat(are: (definition: Definition) => boolean | undefined): readonly string[] {
  return DEFINITIONS.filter((definition) => are(definition) === true).map(({ name }) => name);
}

/** Name of the process to which visitors' requests come. @throws when there is none: a mistake in this program */
export function processThatServes(): string {
  const [name] = rolesThat(({ kind, servesRequests }) => kind === "process" && servesRequests);
  if (name === undefined) throw new Error("no process serves requests");
  return name;
}

/**
 * What the definitions ask of a machine's memory.
 *
 * @param processes those of `deployment.ts`
 */
export function memoryShares(processes: readonly Process[] = []): readonly MemoryShare[] {
  return definitionsOf({ processes }).flatMap(({ name, memory }) => (memory ? [{ name, ...memory }] : []));
}
