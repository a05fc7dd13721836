import type { Deployment } from "../../../config/deployment";
import { quote } from "../../../pipeline/runner/shell-word";
import { readMachine } from "../../computer/machine";
import { pinnedImages } from "../../preflight/base-images";
import { write } from "../../session/progress";
import { type Workspace, terraformEnvironment } from "../../workspace/workspace";

/**
 * Prints what plain `npx cdktf deploy` and `terraform` need to know of this machine, and the versions that
 * `tools/base-images` reads; for a shell: `eval "$(npm run --silent cli -- env)"`.
 */
export function env({ deployment, docker, environment, root }: Workspace): Promise<void> {
  const variables = {
    ...terraformEnvironment(readMachine(root), environment, docker.host),
    ...versionsOf(deployment),
  };
  for (const [name, value] of Object.entries(variables)) write(`export ${name}=${quote(value)}`);
  return Promise.resolve();
}

/** Versions that were asked for, by the names under which `tools/base-images` looks for them. */
export function versionsOf(deployment: Deployment): Record<string, string> {
  return Object.fromEntries(
    pinnedImages(deployment).map(({ base, version }) => [`${base.toUpperCase()}_VERSION`, version]),
  );
}
