import { join, relative } from "node:path";
import { stringify } from "yaml";
import type { ContextSources } from "../application/build-context";
import { composeOf } from "../application/compose";
import { applicationOf } from "../application/model";
import { onHost } from "../application/on-host";
import type { Deployment } from "../config/deployment";
import { PIPELINE_MARK } from "../config/project/pipeline-mark";
import type { PipelineFile } from "../pipeline/pipeline-file";
import { DEPLOY_FOLDER } from "../pipeline/pipeline-files";
import { runnerSettings } from "../pipeline/runner-settings";
import { runnerSettingsText } from "../pipeline/settings-file";
import { deployAssets } from "./deploy-assets";
import { runnerFacts } from "./runner-facts";

/** What {@link deployFolder} is made from. */
export interface DeployFolderProps {
  readonly deployment: Deployment;
  readonly projectFiles: Pick<ContextSources, "requirements" | "projectFiles">;
  /** The program's own folder, which holds `assets/`; absolute. */
  readonly root: string;
}

/** What is in the folder `deploy/`, as paths below it: what a release needs beside the code. */
export function deployFolder({ deployment, projectFiles, root }: DeployFolderProps): PipelineFile[] {
  const assets = deployAssets(join(root, "assets"));
  const settings = runnerSettings(deployment, runnerFacts(deployment, projectFiles, assets));
  return [
    ...assets,
    textFile("compose.yaml", composeText(deployment)),
    textFile("settings.sh", `${PIPELINE_MARK}\n${runnerSettingsText(settings)}`),
  ];
}

/** For hands: `bash deploy/runner/context deploy/context`, then `docker compose up` in `deploy/`. */
function composeText(deployment: Deployment): string {
  // A checkout has no .env, and this file must be the same everywhere.
  const project = { ...deployment.project, envFile: undefined };
  const without = { ...deployment, project };
  const application = applicationOf(deployment.host ? onHost(without, deployment.host) : without);
  const folder = join(project.folder, DEPLOY_FOLDER);
  const compose = composeOf(application, {
    buildContext: "./context",
    assets: ".",
    contextHash: "latest",
    userFile: (path) => relative(folder, path),
  });
  const hint = "# By hand: bash runner/context context && docker compose up --build\n";
  return `${PIPELINE_MARK}\n${hint}${stringify(compose, { lineWidth: 0, version: "1.1" })}`;
}

function textFile(path: string, content: string): PipelineFile {
  return { path, content, executable: false };
}
