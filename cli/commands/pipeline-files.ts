import { DeploymentError } from "../../config/errors";
import type { WorkflowProps } from "../../pipeline/deploy-workflow";
import { pipelineFiles } from "../../pipeline/pipeline-files";
import { deployFolder } from "../../synth/deploy-folder";
import { comparePipeline, writePipeline } from "../../synth/pipeline-writer";
import { repositoryOf } from "../../synth/repository";
import { machineProblems } from "../problems";
import { write } from "../progress";
import type { Workspace } from "../workspace";

export interface PipelineFilesOptions {
  /** Write nothing; fail when the repository differs. */
  readonly check?: boolean;
}

/**
 * Writes the workflow and the folder `deploy/` into the project's repository: the same files that the stack `pipeline`
 * commits.
 *
 * @throws {@link DeploymentError} when a file that isn't ours is in the way, or when `check` finds a difference
 */
export function filesOfPipeline(
  workspace: Workspace,
  { check = false }: PipelineFilesOptions,
): Promise<void> {
  const { deployment } = workspace;
  const { root, projectPath } = repositoryOf(deployment.project.folder);
  const files = pipelineFiles(workflowOf(workspace, projectPath), deployFolder(workspace));
  const { changed, foreign, left, missing } = comparePipeline(root, files);

  if (foreign.length > 0) throw new DeploymentError(foreign.map(machineProblems.foreignPipelineFile));
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

/** What the workflow depends on, of a deployment. */
function workflowOf({ deployment }: Workspace, projectPath: string): WorkflowProps {
  return {
    name: deployment.name,
    branch: "main",
    environment: "production",
    build: "host",
    architecture: deployment.host?.instanceType.architecture ?? "amd64",
    tests: true,
    access: "runner",
    projectPath,
  };
}
