import { DeploymentError } from "../../../config/errors";
import { writePipeline } from "../../../synth/repository/pipeline-writer";
import { repositoryFilesOf } from "../../../synth/repository/repository-files";
import { ownFiles } from "../../github/own-files";
import { machineProblems } from "../../problems";
import { write } from "../../session/progress";
import type { Workspace } from "../../workspace/workspace";

export interface PipelineFilesOptions {
  /** Write nothing; fail when the repository differs. */
  readonly check?: boolean;
}

/**
 * Writes the workflow and the folder `deploy/` into the project's repository: the same files that the stack `pipeline`
 * commits.
 *
 * @throws {@link DeploymentError} without a section `github`, when a file that isn't ours is in the way, or when `check` finds a difference
 */
export function filesOfPipeline(
  workspace: Workspace,
  { check = false }: PipelineFilesOptions,
): Promise<void> {
  const { root, projectPath, files } = repositoryFilesOf(workspace);
  const { changed, left, missing } = ownFiles(root, files);
  const differences = [
    ...missing.map((path) => `missing  ${path}`),
    ...changed.map((path) => `changed  ${path}`),
    ...left.map((path) => `left     ${path}`),
  ];
  if (check) {
    if (differences.length > 0) throw new DeploymentError([machineProblems.pipelineDrift(differences)]);
    write(`The ${files.length} files of the pipeline are what deployment.ts says.`);
    return Promise.resolve();
  }
  writePipeline(root, files);
  for (const line of differences) write(line.replace(/^\w+/, DONE));
  write(
    differences.length === 0
      ? `Nothing to do: the ${files.length} files of the pipeline are in ${root}.`
      : `In ${root}. Commit them: git add .github/workflows/deploy.yml ${deployPath(projectPath)}`,
  );
  return Promise.resolve();
}

const VERBS: Readonly<Record<string, string>> = { missing: "written", changed: "changed", left: "removed" };
const DONE = (found: string): string => VERBS[found] ?? found;

function deployPath(projectPath: string): string {
  return projectPath === "." ? "deploy" : `${projectPath}/deploy`;
}
