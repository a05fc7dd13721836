import { posix } from "node:path";
import { manifestOf } from "./manifest";
import type { PipelineFile } from "./pipeline-file";
import { type WorkflowProps, deployWorkflow } from "./deploy-workflow";
import { WORKFLOW_PATH, workflowText } from "./workflow-file";

/** Folder of what a release needs beside the code; in the project's folder. */
export const DEPLOY_FOLDER = "deploy";

/**
 * Every file that the pipeline needs in the application's repository: the workflow, and the folder `deploy/`. The
 * manifest is the last. Pure.
 *
 * @param deploy what is in that folder; paths below it
 */
export function pipelineFiles(workflow: WorkflowProps, deploy: readonly PipelineFile[]): PipelineFile[] {
  const folder = posix.join(workflow.projectPath ?? ".", DEPLOY_FOLDER);
  const files = [
    { path: WORKFLOW_PATH, content: workflowText(deployWorkflow(workflow)), executable: false },
    ...deploy.map((file) => ({ ...file, path: `${folder}/${file.path}` })),
  ];
  return [...files, manifestOf(files, folder)];
}
