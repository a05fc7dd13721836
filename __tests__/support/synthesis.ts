import {
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, relative } from "node:path";
import { DockerProvider } from "@cdktf/provider-docker/lib/provider";
import { App, Testing, TerraformStack } from "cdktf";
import type { Construct } from "constructs";
import { parse } from "yaml";
import type { Deployment } from "../../config/deployment";
import type { HostStacks } from "../../synth/host-stacks";
import type { Pipeline } from "../../synth/pipeline";
import { synthesize } from "../../synth/synthesize";
import type { StackJson } from "./assertions";
import { ROOT } from "./guestbook";

/** The stacks of a deployment on the local engine, in the order in which they are deployed. */
export const STACKS = ["local-data", "local-database", "local"] as const;
export type StackName = (typeof STACKS)[number];

/** The stacks of a host, in the order in which they are deployed. */
export const HOST_STACKS = ["host-data", "host"] as const;
export type HostStackName = (typeof HOST_STACKS)[number];

/** The stack on GitHub. */
export const PIPELINE_STACK = "pipeline";

/** The project's files that go into the image, as far as a rendering cares: two are enough. */
const PROJECT_FILES = { requirements: ["requirements.txt"], projectFiles: ["manage.py", "RELEASE"] };

/** What a synth wrote. */
export interface Synthesis {
  readonly folder: string;
  readonly stack: (name: StackName | HostStackName | typeof PIPELINE_STACK) => StackJson;
  readonly compose: () => ComposeJson;
  /** Every file, relative to the folder → its bytes. */
  readonly files: () => Map<string, Buffer>;
}

/** A Compose file, as YAML reads it. */
export interface ComposeJson {
  readonly name: string;
  readonly services: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  readonly volumes: Readonly<Record<string, { readonly labels: Readonly<Record<string, string>> }>>;
  readonly networks: Readonly<Record<string, unknown>>;
  readonly configs?: Readonly<Record<string, { readonly file: string }>>;
  readonly secrets?: Readonly<Record<string, { readonly file: string }>>;
}

const folders: string[] = [];
afterAll(() => folders.forEach((folder) => rmSync(folder, { recursive: true, force: true })));

/** A folder that is removed when the test file has ended. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "django-deployment-"));
  folders.push(folder);
  return folder;
}

/** Writes files, path → text, into a new folder. */
export function folderWith(files: Readonly<Record<string, string>>): string {
  const folder = temporaryFolder();
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  return folder;
}

export interface SynthesizedProps {
  /** The program's folder. @default one that is removed afterwards */
  readonly root?: string;
  readonly outdir?: string;
  readonly projectFiles?: typeof PROJECT_FILES;
  /** The stacks of a host: AWS's bindings cost every test a second that loads them. @default none */
  readonly hostStacks?: HostStacks;
  /** The stack on GitHub; it needs those of a host. @default none */
  readonly pipeline?: Pipeline;
}

/** Synthesizes a deployment in the program's folder. */
export function synthesized(
  deployment: Deployment,
  {
    root = programFolder(),
    outdir = join(root, "cdktf.out"),
    projectFiles = PROJECT_FILES,
    hostStacks,
    pipeline,
  }: SynthesizedProps = {},
): Synthesis {
  synthesize({ deployment, projectFiles, root, outdir, hostStacks, pipeline });
  const read = (...path: string[]): string => readFileSync(join(outdir, ...path), "utf8");
  return {
    folder: outdir,
    stack: (name) => JSON.parse(read("stacks", name, "cdk.tf.json")) as StackJson,
    compose: () => parse(read("application", "compose.yaml"), { version: "1.1" }) as ComposeJson,
    files: () => filesBelow(outdir),
  };
}

/** A folder that has all of the program that a synth reads. */
export function programFolder(): string {
  const folder = temporaryFolder();
  symlinkSync(join(ROOT, "assets"), join(folder, "assets"));
  return folder;
}

/** Every file below a folder, relative to it → its bytes. */
export function filesBelow(folder: string): Map<string, Buffer> {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  const paths = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  return new Map(paths.sort().map((path) => [relative(folder, path), readFileSync(path)]));
}

/** A stack with the provider and nothing but what a test puts into it. */
export function stackWith(build: (scope: Construct) => void): StackJson {
  const stack = new TerraformStack(new App({ outdir: temporaryFolder(), stackTraces: false }), "stack");
  new DockerProvider(stack, "docker");
  build(stack);
  return JSON.parse(Testing.synth(stack, true)) as StackJson;
}
