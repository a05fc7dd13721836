import { DeploymentError } from "../../config/errors";
import type { PipelineFile } from "../../pipeline/pipeline-file";
import { type PipelineDifferences, comparePipeline } from "../../synth/repository/pipeline-writer";
import { machineProblems } from "../problems";

/** @throws {@link DeploymentError} when a file that isn't ours is in the way of one of the pipeline's */
export function ownFiles(root: string, files: readonly PipelineFile[]): PipelineDifferences {
  const differences = comparePipeline(root, files);
  const { foreign } = differences;
  if (foreign.length > 0) throw new DeploymentError(foreign.map(machineProblems.foreignPipelineFile));
  return differences;
}
