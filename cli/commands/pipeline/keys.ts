import { isAbsolute } from "node:path";
import { DeploymentError } from "../../../config/errors";
import { AWS_PIN_FILE, readPin } from "../../../config/files/aws-pin";
import type { DeploymentInput } from "../../../config/schema";
import { missingKeys, provideKeys } from "../../host/keys";
import { machineProblems } from "../../problems";
import { write } from "../../session/progress";

export interface KeysOptions {
  /** Make new keys although the host was made with other ones. @default false */
  readonly renew?: boolean;
}

/**
 * Makes the ssh keys that are missing, and says so. A host that was made has keys: then keys that are missing are lost,
 * or on another computer, and new ones would not open the host.
 *
 * @param input `deployment.ts`, not checked yet: with keys missing it would be refused
 * @param root folder of `deployment.ts`; absolute
 * @throws {@link DeploymentError} when the deployment has no host, and when keys of a host that was made are missing
 */
export async function keys(
  { host }: DeploymentInput,
  root: string,
  options: KeysOptions = {},
): Promise<void> {
  if (host === undefined) throw new DeploymentError([machineProblems.noHost()]);
  const { pin } = readPin(root);
  const missing = missingKeys(root, host.sshKeys ?? {});
  if (pin !== undefined && missing.length > 0 && options.renew !== true)
    throw new DeploymentError([machineProblems.lostKeys(missing, pin.name, AWS_PIN_FILE)]);
  for (const { file, made } of await provideKeys(root, host.sshKeys ?? {})) {
    if (made) write(`made the ssh key ${file}${isAbsolute(file) ? "" : ", which git ignores"}`);
  }
}
