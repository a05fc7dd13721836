import { relative } from "node:path";
import { hostStacksOf } from "../../synth/host-stacks";
import { synthesize } from "../../synth/synthesize";
import { write } from "../progress";
import type { Workspace } from "../workspace";

/** Writes the stacks, as the commands that need them do themselves. */
export async function synth(workspace: Workspace): Promise<void> {
  await synthesizeWorkspace(workspace);
  const folder = relative(workspace.root, workspace.outdir);
  write(
    `${folder}/stacks (Terraform), ${folder}/application/compose.yaml and the image's build context are written.`,
  );
}

/** Synthesizes in this process: the same code as main.ts, without a program to start. */
export async function synthesizeWorkspace({
  deployment,
  projectFiles,
  root,
  outdir,
}: Workspace): Promise<undefined> {
  synthesize({ deployment, projectFiles, hostStacks: await hostStacksOf(deployment), root, outdir });
  return undefined;
}
