import { posix } from "node:path";
import { hashOf, manifestOf } from "./manifest";
import type { PipelineFile } from "./pipeline-file";
import { type WorkflowProps, deployWorkflow } from "./workflow/deploy-workflow";
import { WORKFLOW_PATH, workflowText } from "./workflow/workflow-file";

/** Folder of what a release needs beside the code; in the project's folder. */
export const DEPLOY_FOLDER = "deploy";

/**
 * Every file that the pipeline needs in the application's repository: the folder `deploy/`, its manifest, and the
 * workflow. The workflow is the last, in the order in which they are committed: it names the manifest's hash, so that it
 * changes whenever another one does and starts the one run; and it is the first that goes, so that their end starts none.
 * Pure.
 *
 * @param deploy what is in that folder; paths below it
 */
export function pipelineFiles(workflow: WorkflowProps, deploy: readonly PipelineFile[]): PipelineFile[] {
  const folder = posix.join(workflow.projectPath ?? ".", DEPLOY_FOLDER);
  const files = deploy.map((file) => ({ ...file, path: `${folder}/${file.path}` }));
  const manifest = manifestOf(files, folder);
  const text = workflowText(deployWorkflow({ ...workflow, version: hashOf(manifest.content).slice(0, 12) }));
  return [...files, manifest, { path: WORKFLOW_PATH, content: text, executable: false }];
}
