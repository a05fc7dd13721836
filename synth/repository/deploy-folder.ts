import { join, relative } from "node:path";
import type { ContextSources } from "../../application/build-context";
import { applicationOf } from "../../application/model";
import { onHost } from "../../application/on-host";
import { composeOf } from "../../application/renderings/compose";
import { yamlOf } from "../../application/renderings/yaml";
import { isProxy } from "../../application/service";
import type { Deployment } from "../../config/deployment";
import type { Host } from "../../config/host";
import { PIPELINE_MARK } from "../../config/tree/pipeline-mark";
import { addressed } from "../../pipeline/address";
import type { PipelineFile } from "../../pipeline/pipeline-file";
import { DEPLOY_FOLDER } from "../../pipeline/pipeline-files";
import { releaseSettings, releaseSettingsText } from "../../pipeline/release-settings";
import { runnerSettings } from "../../pipeline/runner/runner-settings";
import { runnerSettingsText } from "../../pipeline/runner/runner-settings-file";
import { stackText } from "../../pipeline/stack-text";
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
  const files = [
    textFile("compose.yaml", composeText(deployment)),
    textFile("settings.sh", runnerSettingsText(settings)),
  ];
  return [...assets, ...files, ...(deployment.host ? hostFiles(deployment, deployment.host) : [])];
}

/** What the release program reads. */
function hostFiles(local: Deployment, host: Host): PipelineFile[] {
  const deployment = onHost(local, host);
  const application = applicationOf(deployment);
  return [
    textFile("stack.yaml", stackText(application)),
    // What the step roll changes. The step proxy changes the rest, for a port closes meanwhile.
    textFile(
      "roll.yaml",
      stackText(application, {
        only: application.services.filter((service) => !isProxy(service)).map(({ role }) => role),
      }),
    ),
    // Each by itself, too, in a folder of their own: some come before the others, and each can be taken back alone.
    ...application.services
      .filter(({ kind, keepsVolumes }) => kind !== "task" && !keepsVolumes)
      .map(({ role }) => textFile(`services/${role}.yaml`, stackText(application, { only: [role] }))),
    jsonFile("host/settings.json", releaseSettingsText(releaseSettings({ deployment, application }))),
  ];
}

/** For hands: `bash deploy/runner/context deploy/context`, then `docker compose up` in `deploy/`. */
function composeText(local: Deployment): string {
  const { project, ...deployment } = local.host ? onHost(local, local.host) : local;
  // A checkout has no .env, and this file must be the same everywhere.
  const application = applicationOf({
    ...deployment,
    id: undefined,
    project: { ...project, envFile: undefined },
  });
  const folder = join(project.folder, DEPLOY_FOLDER);
  const compose = composeOf(application, {
    buildContext: "./context",
    assets: ".",
    contextHash: "latest",
    userFile: (path) => relative(folder, path),
  });
  const hint = "# By hand: bash runner/context context && docker compose up --build\n";
  return hint + addressed(yamlOf(compose), (name) => `\${${name}:-localhost}`);
}

/** JSON has no comments: the manifest alone says that it is ours. */
function jsonFile(path: string, content: string): PipelineFile {
  return { path, content, executable: false };
}

function textFile(path: string, content: string): PipelineFile {
  return { path, content: `${PIPELINE_MARK}\n${content}`, executable: false };
}
