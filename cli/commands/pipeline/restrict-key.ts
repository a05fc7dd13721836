import { join } from "node:path";
import { DeploymentError } from "../../../config/errors";
import { interact } from "../../computer/process";
import { HostShell } from "../../host/ssh";
import { machineProblems } from "../../problems";
import { write } from "../../session/progress";
import { requireHost } from "../../workspace/sections";
import { synthesizeWorkspace } from "../../workspace/synthesis";
import type { Workspace } from "../../workspace/workspace";

export interface RestrictKeyOptions {
  /** Though no other key opens a shell then: the owner gets in by Session Manager. @default false */
  readonly sessionManager?: boolean;
}

/** Lets the deploy key do verbs only, on a machine that was made before. It puts itself back unless that works. */
export async function restrictKey(
  workspace: Workspace,
  { sessionManager = false }: RestrictKeyOptions,
): Promise<void> {
  const { root, outdir, lock } = workspace;
  const host = requireHost(workspace);
  const { config } = new HostShell(root, host);
  await lock.take("restrict-key", write);
  await synthesizeWorkspace(workspace);
  const script = join(outdir, "host", "deploy", "runner", "restrict-key");
  const env = { SSH_CONFIG: config, PUBLIC_KEY: host.keys.deploy.publicKey, STEPS: "", GITHUB_ACTIONS: "" };
  const status = await interact("bash", [script, ...(sessionManager ? ["--session-manager"] : [])], env);
  if (status !== 0) throw new DeploymentError([machineProblems.keyNotRestricted()]);
}
