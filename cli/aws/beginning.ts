import { DeploymentError } from "../../config/errors";
import { terraformProblems } from "../preflight/preflight";
import type { Step } from "../session/progress";
import { type WorkspaceSynthesis, synthesizeWorkspace } from "../workspace/synthesis";
import type { Workspace } from "../workspace/workspace";

/** What every command for the machine begins with. */
export function beginning(workspace: Workspace, synthesis: WorkspaceSynthesis = {}): Step[] {
  return [
    {
      title: "Terraform",
      run: async () => {
        const problems = await terraformProblems(workspace);
        if (problems.length > 0) throw new DeploymentError(problems);
        return undefined;
      },
    },
    { title: "Synthesis", run: () => synthesizeWorkspace(workspace, synthesis) },
  ];
}
