import type { Application } from "../application/application";
import { type StackOptions, stackOf } from "../application/renderings/stack-file";
import { yamlOf } from "../application/renderings/yaml";
import { addressed } from "./address";

// Other words, here or below, would exchange the database of each host once: the text of its file is what the release
// program takes for another way to start it (release_program/steps/database.py).
const HINT = "# The release script deploys it: docker stack deploy --compose-file FILE NAME\n";

/** `stack.yaml`: the services of the Swarm, or some of them, with the host's address as a variable. Pure. */
export function stackText(application: Application, options: StackOptions = {}): string {
  const text = yamlOf(stackOf(application, options));
  return HINT + addressed(text, (name) => `\${${name}:?is set by the release script}`);
}
