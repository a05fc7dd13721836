import { posix, resolve } from "node:path";
import { memoryShares, rolesThat } from "../../application/registry/queries";
import type { Deployment } from "../deployment";
import { type Problem, DeploymentError, problems } from "../errors";
import { readPin } from "../files/aws-pin";
import { readDeploymentId } from "../files/deployment-id";
import { type EnvFileFacts, envFileOf } from "../files/env-file";
import { readSealed } from "../files/sealed";
import { readKeys } from "../files/ssh-keys";
import { inspectProject } from "../project";
import { ProjectFolder } from "../project/folder";
import { type KnownEnvironment, UNKNOWN } from "../project/production/known";
import { type Findings, resolveDeployment } from "../resolve";
import { resolveJobs } from "../resolve/jobs";
import { resolveProcesses } from "../resolve/processes";
import { APP, GIVEN } from "../resolve/project";
import type { DeploymentSettings } from "../schema";
import { isFolder, likelyFolder } from "./likely-folder";
import { noticesOf } from "./notices";
import { validate } from "./validate";

/** A deployment that can be built: complete, and without a problem that its files could show. */
export interface LoadedDeployment {
  readonly deployment: Deployment;
  readonly projectFiles: ProjectFiles;
}

/** The project's files that belong into the image; paths relative to the project's folder. */
export interface ProjectFiles {
  /** Requirements files; the one that includes the others is among them. */
  readonly requirements: readonly string[];
  /** All files but those that no image holds. */
  readonly projectFiles: readonly string[];
}

/** What is no problem and worth knowing. */
export interface Noticed {
  /** A sentence each. */
  readonly notices: readonly string[];
  /** The file of sqlite that the settings name, below the project's folder. */
  readonly sqliteFile?: string;
}

export interface LoadOptions {
  /** Whether it is a problem when the ssh keys of the machine on AWS are missing. @default true */
  readonly withKeys?: boolean;
}

/**
 * Reads the deployment and the project's files, and fills in what they say.
 *
 * @param input what `deployment.ts` exports; anything, since a user wrote it
 * @param root folder of `deployment.ts`; absolute
 * @throws {@link DeploymentError} with every problem that was found
 */
export function loadDeployment(
  input: unknown,
  root: string,
  { withKeys = true }: LoadOptions = {},
): LoadedDeployment & Noticed {
  const { settings, problems: mistakes } = validate(input);
  const { id, problems: idProblems } = readDeploymentId(root);
  const refused = [...mistakes, ...idProblems];
  if (settings === undefined) throw new DeploymentError(refused);
  const path = resolve(root, settings.project.folder);
  if (!isFolder(path)) {
    throw new DeploymentError([
      ...refused,
      problems.missingFolder(settings.project.folder, likelyFolder(settings.project.folder, root)),
    ]);
  }

  try {
    const keys = settings.host && readKeys(root, settings.host.sshKeys);
    const loaded = readProject(settings, path, {
      refused,
      sealed: settings.github && readSealed(root),
      keys: keys && (withKeys ? keys : { ...keys, problems: [] }),
      pinned: settings.host && readPin(root),
    });
    return { ...loaded, deployment: { ...loaded.deployment, id } };
  } catch (error) {
    const { code, path: file } = error as NodeJS.ErrnoException;
    if (error instanceof DeploymentError || code === undefined || file === undefined) throw error;
    throw new DeploymentError([...refused, problems.unreadableProject(file, code)]);
  }
}

/** What production's environment has for certain. The user's .env wins, and nobody reads its values here. */
function certainEnvironment({ project }: DeploymentSettings, { names }: EnvFileFacts): KnownEnvironment {
  return new Map<string, string | typeof UNKNOWN>([
    ...GIVEN.map((name) => [name, UNKNOWN] as const),
    ...Object.entries(project.environment),
    ...names.map((name) => [name, UNKNOWN] as const),
  ]);
}

function readProject(
  settings: DeploymentSettings,
  path: string,
  {
    refused,
    keys,
    sealed,
    pinned,
  }: Pick<Findings, "keys" | "sealed" | "pinned"> & { readonly refused: readonly Problem[] },
): LoadedDeployment & Noticed {
  const envFile = envFileOf(settings.project, path);
  const facts = inspectProject(path, {
    settings: settings.project.settings,
    environment: certainEnvironment(settings, envFile),
  });
  const folder = new ProjectFolder(path, facts.pythonRoot);
  const findings = {
    ...{ folder, facts, envFile, sealed, keys, pinned },
    memoryShares: memoryShares({ processes: resolveProcesses(settings), jobs: resolveJobs(settings) }),
    takenNames: rolesThat(() => true),
  };
  const { deployment, problems: found } = resolveDeployment(settings, findings);
  // What the schema refused has been replaced by a default, about which there is nothing to say.
  const places = new Set(refused.map(({ place }) => place));
  const all = [...refused, ...found.filter(({ place }) => !places.has(place))];
  if (all.length > 0) throw new DeploymentError(all);

  const { requirements, media, static: collected } = deployment.project;
  const served = [media.root, collected.root].map((root) => posix.relative(APP, root));
  return {
    deployment,
    notices: noticesOf(deployment, facts, envFile, folder),
    sqliteFile: facts.sqliteFile,
    projectFiles: {
      requirements: folder.requirementsFiles(requirements),
      projectFiles: folder.imageFiles(served),
    },
  };
}
