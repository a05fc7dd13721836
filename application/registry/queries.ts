import type { MemoryShare } from "../../config/memory-budget";
import type { Definition } from "./definition";
import { DEFINITIONS } from "./definitions";

/** Names of the definitions for which something is true; those of every profile. */
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
export function memoryShares(): readonly MemoryShare[] {
  return DEFINITIONS.flatMap(({ name, memory }) => (memory ? [{ name, ...memory }] : []));
}
