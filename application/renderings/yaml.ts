import { stringify } from "yaml";
import type { ComposeValue } from "./compose";

/** A document of Compose or of a Swarm stack as YAML, word for word. Pure. */
export function yamlOf(document: Record<string, ComposeValue>): string {
  return stringify(document, {
    aliasDuplicateObjects: false,
    // The library's blocks lose a space of a text that has nothing but spaces and line breaks.
    blockQuote: false,
    lineWidth: 0,
    // It quotes what older readers take for a number or a boolean: `0:0`, `no`.
    version: "1.1",
  });
}
