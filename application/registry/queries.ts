import type { Deployment } from "../../config/deployment";
import type { MemoryShare } from "../../config/memory-budget";
import { configuredJob } from "../jobs/configured-job";
import { workerProcess } from "../processes/worker-process";
import type { Definition } from "./definition";
import { DEFINITIONS } from "./definitions";

/** What `deployment.ts` names itself. */
export type Configured = Pick<Deployment, "processes" | "jobs">;

/** Every definition of an application: those of the list, and one for each process and each job of `deployment.ts`. */
export function definitionsOf(
  { processes, jobs }: Configured,
  listed: readonly Definition[] = DEFINITIONS,
): readonly Definition[] {
  return [...listed, ...processes.map(workerProcess), ...jobs.map(configuredJob)];
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

/** What the definitions ask of a machine's memory. */
export function memoryShares(configured: Configured = { processes: [], jobs: [] }): readonly MemoryShare[] {
  return definitionsOf(configured).flatMap(({ name, memory }) => (memory ? [{ name, ...memory }] : []));
}
