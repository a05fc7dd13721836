import { chmodSync, copyFileSync, mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { App } from "cdktf";
import type { Application } from "../application/application";
import { type ContextSources, buildContextOf } from "../application/build-context";
import { composeOf } from "../application/renderings/compose";
import { yamlOf } from "../application/renderings/yaml";
import { applicationOf } from "../application/model";
import type { Deployment } from "../config/deployment";
import { Files } from "../constructs/files";
import { LocalStack } from "../stacks/local";
import { LocalDataStack } from "../stacks/local-data";
import { LocalDatabaseStack } from "../stacks/local-database";
import { writeBuildContext } from "./context-writer";
import type { HostStacks } from "./host-stacks";
import type { Pipeline } from "./pipeline";
import { filesBelow } from "./repository/written-files";

export interface SynthesisProps {
  readonly deployment: Deployment;
  /** The project's files that belong into the image. */
  readonly projectFiles: Pick<ContextSources, "requirements" | "projectFiles">;
  /** The program's own folder, which holds `assets/`; absolute. */
  readonly root: string;
  /** The stacks on AWS, see {@link hostStacksOf}. @default none */
  readonly hostStacks?: HostStacks;
  /** The stack on GitHub, see {@link pipelineOf}. @default none */
  readonly pipeline?: Pipeline;
  /** Where to write. @default what the cdktf CLI says, else `cdktf.out` in the current folder */
  readonly outdir?: string;
}

/**
 * Writes every stack, the image's build context and `compose.yaml`.
 *
 * Reads the deployment and the files of the project and of `assets/`, and nothing else: neither network, Docker,
 * clock nor the machine have a say in what comes out.
 */
export function synthesize({
  deployment,
  projectFiles,
  hostStacks,
  pipeline,
  root,
  outdir,
}: SynthesisProps): void {
  // Stack traces would put paths of this machine into the JSON.
  const app = new App({ outdir, stackTraces: false });
  const folder = join(app.outdir, "application");
  const assets = join(root, "assets");
  const application = applicationOf(deployment);

  copyUploads(application, assets, join(folder, "assets"));
  const imageAssets = filesBelow(join(assets, "image"));
  const sources = {
    ...projectFiles,
    imageAssets,
    assetsFolder: assets,
    projectFolder: deployment.project.folder,
  };
  const hash = writeBuildContext(buildContextOf(sources), join(folder, "context"));
  writeCompose(application, folder, hash);

  const files = new Files({ root, outdir: app.outdir });
  const props = { deployment, application, files };
  const data = new LocalDataStack(app, "local-data", props);
  const database = new LocalDatabaseStack(app, "local-database", props);
  const local = new LocalStack(app, "local", { ...props, buildContext: { path: files.buildContext, hash } });
  database.addDependency(data);
  local.addDependency(database);
  const host = hostStacks?.(app, { deployment, projectFiles, files, root });
  if (host) pipeline?.(app, { deployment, files, host });
  app.synth();
}

/** YAML 1.1 quotes what older readers take for a number or a boolean: `0:0`, `no`. */
const HEADER = '# Made from deployment.ts by "make synth". By hand: docker compose up\n';

/** Copies the assets that containers get, so that what is deployed is what was synthesized. */
function copyUploads(application: Application, from: string, to: string): void {
  const sources = application.services.flatMap(({ files }) => files.map(({ source }) => source));
  for (const asset of new Set(sources.flatMap((source) => ("asset" in source ? [source.asset] : []))))
    copyChanged(join(from, asset), join(to, asset));
}

/** Writes nothing when the file is there already: most are, and a file is read sooner than written. */
function copyChanged(from: string, to: string): void {
  const { mode } = statSync(from);
  const there = statSync(to, { throwIfNoEntry: false });
  if (there?.mode === mode && readFileSync(to).equals(readFileSync(from))) return;
  mkdirSync(dirname(to), { recursive: true });
  copyFileSync(from, to);
  chmodSync(to, mode);
}

function writeCompose(application: Application, folder: string, contextHash: string): void {
  const compose = composeOf(application, {
    buildContext: "./context",
    assets: "./assets",
    contextHash,
    userFile: (path) => relative(folder, path),
  });
  writeFileSync(join(folder, "compose.yaml"), `${HEADER}${yamlOf(compose)}`);
}
