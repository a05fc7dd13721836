import { isAbsolute } from "node:path";
import { DeploymentError } from "../../../config/errors";
import type { DeploymentInput } from "../../../config/schema";
import { provideKeys } from "../../host/keys";
import { machineProblems } from "../../problems";
import { write } from "../../session/progress";

/**
 * Makes the ssh keys that are missing, and says so.
 *
 * @param input `deployment.ts`, not checked yet: with keys missing it would be refused
 * @param root folder of `deployment.ts`; absolute
 * @throws {@link DeploymentError} when the deployment has no host
 */
export async function keys({ host }: DeploymentInput, root: string): Promise<void> {
  if (host === undefined) throw new DeploymentError([machineProblems.noHost()]);
  for (const { file, made } of await provideKeys(root, host.sshKeys ?? {})) {
    if (made) write(`made the ssh key ${file}${isAbsolute(file) ? "" : ", which git ignores"}`);
  }
}
