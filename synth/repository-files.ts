import type { LoadedDeployment } from "../config/load";
import type { PipelineFile } from "../pipeline/pipeline-file";

export interface RepositorySources extends LoadedDeployment {
  /** The program's own folder, which holds `assets/`; absolute. */
  readonly root: string;
}

/** What the pipeline needs in the application's repository, in the order in which it is committed. None yet. */
export const repositoryFilesOf: (sources: RepositorySources) => readonly PipelineFile[] = () => [];
