import { mkdirSync } from "node:fs";
import { join, posix } from "node:path";
import { type ContextSources, buildContextOf } from "../../application/build-context";
import type { Deployment } from "../../config/deployment";
import { inspectProject } from "../../config/project";
import { ProjectFolder } from "../../config/project/folder";
import { APP } from "../../config/resolve/project";
import type { WorkflowProps } from "../../pipeline/workflow/deploy-workflow";
import { pipelineFiles } from "../../pipeline/pipeline-files";
import { writeBuildContext } from "../../synth/context-writer";
import { deployAssets } from "../../synth/repository/deploy-assets";
import { deployFolder } from "../../synth/repository/deploy-folder";
import { writePipeline } from "../../synth/repository/pipeline-writer";
import { ROOT, guestbook, guestbookOnGitHub } from "./guestbook";
import { temporaryFolder } from "./synthesis";

/** What a workflow depends on, of the shape that most have. */
export const WORKFLOW: WorkflowProps = {
  name: "guestbook",
  branch: "main",
  environment: "production",
  build: "host",
  architecture: "arm64",
  tests: true,
  access: "runner",
};

/** The example with another project in its place. */
export function deploymentOf(folder: string): Deployment {
  return { ...guestbook, project: { ...guestbook.project, folder } };
}

/** The project's files that belong into the image, as `loadDeployment` finds them. */
export function projectFilesOf({
  project,
}: Deployment): Pick<ContextSources, "requirements" | "projectFiles"> {
  const folder = new ProjectFolder(project.folder, ".");
  const served = [project.media.root, project.static.root].map((root) => posix.relative(APP, root));
  return {
    requirements: folder.requirementsFiles(project.requirements),
    projectFiles: folder.imageFiles(served),
  };
}

/** Writes the pipeline's files into a project that is a repository of its own. */
export function writePipelineInto(folder: string): void {
  const { github } = guestbookOnGitHub(ROOT, { tests: inspectProject(folder).tests });
  const deployment = { ...deploymentOf(folder), github };
  mkdirSync(join(folder, ".git"), { recursive: true });
  const deploy = deployFolder({ deployment, projectFiles: projectFilesOf(deployment), root: ROOT });
  writePipeline(folder, pipelineFiles(WORKFLOW, deploy));
}

/** The image's build context as synth lays it out; its folder. */
export function contextBySynth(folder: string): string {
  const deployment = deploymentOf(folder);
  const assets = join(ROOT, "assets");
  const image = deployAssets(assets).filter(({ path }) => path.startsWith("image/"));
  const sources = {
    ...projectFilesOf(deployment),
    imageAssets: image.map(({ path }) => path.slice("image/".length)),
    assetsFolder: assets,
    projectFolder: folder,
  };
  const target = join(temporaryFolder(), "context");
  writeBuildContext(buildContextOf(sources), target);
  return target;
}
