import { join } from "node:path";
import type { App } from "cdktf";
import type { GitHub } from "../config/github";
import type { Ciphertexts } from "../config/files/sealed";
import type { SourceFile } from "../constructs/github/repository-files";
import type { Files } from "../constructs/files";
import type { PipelineFile } from "../pipeline/pipeline-file";
import { PipelineStack } from "../stacks/pipeline";
import type { PipelineProps } from "./pipeline";
import { writeFolder } from "./repository/written-files";

/** Where the repository's files are written for Terraform, relative to the folder that cdktf writes. */
const FOLDER = join("pipeline", "repository");

export interface PipelineStackSources extends PipelineProps {
  readonly github: GitHub;
  readonly sealed: Ciphertexts;
  readonly repositoryFiles: readonly PipelineFile[];
}

/** Adds the stack on GitHub, and writes the repository's files where Terraform reads them. */
export function addPipelineStack(app: App, props: PipelineStackSources): void {
  const { deployment, files, github, host, sealed } = props;
  const settings = deployment.host;
  if (!settings) return;
  const stack = new PipelineStack(app, "pipeline", {
    deployment,
    github,
    host: settings,
    files,
    data: host.data,
    machine: host.machine,
    sealed,
    repositoryFiles: written(props.repositoryFiles, join(app.outdir, FOLDER), files),
  });
  stack.addDependency(host.data);
  stack.addDependency(host.machine);
}

function written(all: readonly PipelineFile[], folder: string, files: Files): SourceFile[] {
  writeFolder(all, folder);
  return all.map(({ path }) => ({ path, source: files.fromStack(join(folder, path)) }));
}
