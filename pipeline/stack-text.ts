import { stringify } from "yaml";
import type { Application } from "../application/application";
import type { ComposeValue } from "../application/renderings/compose";
import { type StackOptions, stackOf } from "../application/renderings/stack-file";
import { addressed } from "./address";

// Other words, here or below, would exchange the database of each host once: the text of its file is what the release
// program takes for another way to start it (release_program/steps/database.py).
const HINT = "# The release script deploys it: docker stack deploy --compose-file FILE NAME\n";

/** `stack.yaml`: the services of the Swarm, or some of them, with the host's address as a variable. Pure. */
export function stackText(application: Application, options: StackOptions = {}): string {
  const text = yamlOf(stackOf(application, options));
  return HINT + addressed(text, (name) => `\${${name}:?is set by the release script}`);
}

/** YAML 1.1 quotes what older readers take for a number or a boolean: `0:0`, `no`. */
export function yamlOf(document: Record<string, ComposeValue>): string {
  return stringify(document, { aliasDuplicateObjects: false, lineWidth: 0, version: "1.1" });
}
