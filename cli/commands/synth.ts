import { relative } from "node:path";
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
export function synthesizeWorkspace({
  deployment,
  projectFiles,
  root,
  outdir,
}: Workspace): Promise<undefined> {
  synthesize({ deployment, projectFiles, root, outdir });
  return Promise.resolve(undefined);
}
