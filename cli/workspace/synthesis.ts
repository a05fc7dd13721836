import { hostStacksOf } from "../../synth/host-stacks";
import { pipelineOf } from "../../synth/pipeline";
import { synthesize } from "../../synth/synthesize";
import type { Workspace } from "./workspace";

export interface WorkspaceSynthesis {
  /** Only the stacks of this machine; the others need the keys of the one on AWS. @default false */
  readonly localOnly?: boolean;
  /** Fail when the secrets for GitHub aren't sealed. @default false: without them its stack is left out */
  readonly withPipeline?: boolean;
}

/**
 * Synthesizes in this process: the same code as main.ts, without a program to start.
 *
 * @throws {@link DeploymentError} when the secrets should be sealed and aren't
 */
export async function synthesizeWorkspace(
  { deployment, projectFiles, root, outdir }: Workspace,
  { localOnly = false, withPipeline = false }: WorkspaceSynthesis = {},
): Promise<undefined> {
  const loaded = { deployment, projectFiles, root };
  synthesize({
    ...loaded,
    ...(!localOnly && {
      hostStacks: await hostStacksOf(deployment),
      pipeline: await pipelineOf({ ...loaded, optional: !withPipeline }),
    }),
    outdir,
  });
  return undefined;
}
