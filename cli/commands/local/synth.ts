import { relative } from "node:path";
import { write } from "../../session/progress";
import { synthesizeWorkspace } from "../../workspace/synthesis";
import type { Workspace } from "../../workspace/workspace";

/** Writes the stacks, as the commands that need them do themselves. */
export async function synth(workspace: Workspace): Promise<void> {
  await synthesizeWorkspace(workspace, { withPipeline: true });
  const folder = relative(workspace.root, workspace.outdir);
  write(
    `${folder}/stacks (Terraform), ${folder}/application/compose.yaml and the image's build context are written.`,
  );
}
