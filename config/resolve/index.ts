import { basename } from "node:path";
import type { Deployment, ImageVersion, Local } from "../deployment";
import { type Problem, problems } from "../errors";
import type { PinFacts } from "../files/aws-pin";
import type { EnvFileFacts } from "../files/env-file";
import type { Sealed } from "../files/sealed";
import type { KeyFacts } from "../files/ssh-keys";
import type { ProjectFacts } from "../project";
import type { ProjectFolder } from "../project/folder";
import type { DeploymentSettings } from "../schema";
import { gitHubProblems, resolveGitHub } from "./github";
import { resolveHost } from "./host";
import { resolveLocalMemory } from "./memory";
import type { MemoryShare } from "../memory-budget";
import { jobProblems, resolveJobs } from "./jobs";
import { processProblems, resolveProcesses } from "./processes";
import { projectProblems, resolveProject } from "./project";
import { relationProblems } from "./relations";
import { trustedNetworks, trustedProblems } from "./trusted";

/** What the deployment's files say. */
export interface Findings {
  readonly folder: ProjectFolder;
  readonly facts: ProjectFacts;
  readonly envFile: EnvFileFacts;
  /** The host's ssh keys, when there is a host. */
  readonly keys?: KeyFacts;
  /** Where the host was made, when it was. */
  readonly pinned?: PinFacts;
  /** What `make seal` has kept. @default nothing yet */
  readonly sealed?: Sealed;
  /** What each kind of container asks of a machine's memory. */
  readonly memoryShares: readonly MemoryShare[];
  /** Names that no process and no job of `deployment.ts` may have. @default none */
  readonly takenNames?: readonly string[];
}

/** Versions that are used when nobody asked for one. */
const NGINX = "1.30";
const MARIADB = "11.8";

/** Stands for a folder whose name has no letter that a name may have. */
const FALLBACK_NAME = "django";

/**
 * Fills in what the files say, and checks that what the user wrote fits them. Pure.
 *
 * @returns the deployment, which may be built only when there is no problem
 */
export function resolveDeployment(
  settings: DeploymentSettings,
  { folder, facts, envFile, keys, sealed, pinned, memoryShares, takenNames = [] }: Findings,
): { readonly deployment: Deployment; readonly problems: readonly Problem[] } {
  const project = resolveProject(settings, folder, facts, envFile);
  const name = settings.name ?? nameOf(folder.path);
  const host =
    settings.host && keys && resolveHost(settings, settings.host, { name, keys, memoryShares, pinned });
  const { budget, problems: memoryProblems } = resolveLocalMemory(settings, memoryShares);
  const { version: mariadb, ...database } = withoutMemory(settings.database);
  const { version: nginx, ...proxy } = withoutMemory(settings.proxy);
  const deployment: Deployment = {
    name,
    project,
    database: { ...database, image: versionOf(mariadb, MARIADB) },
    web: { ...withoutMemory(settings.web), workers: budget.workers },
    processes: resolveProcesses(settings),
    jobs: resolveJobs(settings),
    proxy: {
      ...proxy,
      loginPaths: loginPathsOf(proxy.loginPaths, facts.loginPath),
      trusted: trustedNetworks(proxy.trusted),
      image: versionOf(nginx, NGINX),
    },
    release: settings.release,
    local: localOf(settings),
    memory: budget.shares,
    host: host?.host,
    github: settings.github && resolveGitHub(settings.github, facts, sealed),
  };
  return {
    deployment,
    problems: [
      ...envFile.problems,
      ...projectProblems(settings, project, facts, folder, envFile),
      ...engineProblems(settings),
      ...relationProblems(deployment),
      ...trustedProblems(settings.proxy.trusted),
      ...processProblems(deployment.processes, takenNames),
      ...jobProblems(settings, takenNames),
      ...memoryProblems,
      ...(host?.problems ?? []),
      ...gitHubProblems(settings, folder),
    ],
  };
}

/** What the user names, and what the settings name, each once. */
function loginPathsOf(named: readonly string[], ofSettings: string | undefined): string[] {
  return [...new Set([...named, ...(ofSettings === undefined ? [] : [ofSettings])])];
}

function localOf({
  local: { profile, port, developmentPort, databasePort, address, dockerHost },
}: DeploymentSettings): Local {
  return { profile, port, developmentPort, databasePort, address, dockerHost };
}

/** What a section says beside its memory, which is shared over all of them. */
function withoutMemory<Section extends { readonly memory?: number }>(
  section: Section,
): Omit<Section, "memory"> {
  return Object.fromEntries(Object.entries(section).filter(([name]) => name !== "memory")) as Omit<
    Section,
    "memory"
  >;
}

function versionOf(chosen: string | undefined, otherwise: string): ImageVersion {
  return { version: chosen ?? otherwise, pinned: chosen !== undefined };
}

/** The folder's name in the letters that Docker's names have. */
function nameOf(path: string): string {
  const name = basename(path)
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^[^a-z]+|-+$/g, "")
    .slice(0, 31)
    .replace(/-+$/, "");
  return name.length < 2 ? FALLBACK_NAME : name;
}

function engineProblems({ local: { profile, dockerHost } }: DeploymentSettings): Problem[] {
  const elsewhere = dockerHost !== undefined && !dockerHost.startsWith("unix://");
  return profile === "development" && elsewhere ? [problems.bindMountNeedsLocalEngine(dockerHost)] : [];
}
