import type { Deployment } from "../../config/deployment";
import { DeploymentError, problems } from "../../config/errors";
import type { GitHub } from "../../config/github";
import type { Host } from "../../config/host";
import type { LoadedDeployment } from "../../config/load";
import type { WorkflowProps } from "../../pipeline/workflow/deploy-workflow";
import type { PipelineFile } from "../../pipeline/pipeline-file";
import { pipelineFiles } from "../../pipeline/pipeline-files";
import { deployFolder } from "./deploy-folder";
import { repositoryOf } from "./repository";

export interface RepositorySources extends LoadedDeployment {
  /** The program's own folder, which holds `assets/`; absolute. */
  readonly root: string;
}

/** A repository's pipeline files, and where they belong. */
export interface RepositoryFiles {
  /** The repository's root; absolute. */
  readonly root: string;
  /** The project's folder below it, with `/`; `.` for the root itself. */
  readonly projectPath: string;
  /** In the order in which they are committed; paths below the root. */
  readonly files: readonly PipelineFile[];
}

/**
 * What the pipeline needs in the application's repository.
 *
 * @throws {@link DeploymentError} when the deployment has no section `github`, or no `host`
 */
export function repositoryFilesOf(sources: RepositorySources): RepositoryFiles {
  const { deployment } = sources;
  const { github, host } = deployment;
  if (!github || !host) throw new DeploymentError([problems.noGitHub()]);
  const { root, projectPath } = repositoryOf(deployment.project.folder);
  const workflow = workflowOf(deployment, github, host, projectPath);
  return { root, projectPath, files: pipelineFiles(workflow, deployFolder(sources)) };
}

/** What the workflow depends on, of a deployment. */
function workflowOf(
  { name }: Deployment,
  { branch, build, environment, tests }: GitHub,
  { instanceType, ssh }: Host,
  projectPath: string,
): WorkflowProps {
  return {
    name,
    branch,
    environment,
    build,
    architecture: instanceType.architecture,
    tests: tests !== undefined,
    access: ssh.byRunner ? "runner" : "open",
    projectPath,
  };
}
