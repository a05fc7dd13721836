import { basename, posix } from "node:path";
import type { Deployment, ImageVersion, Project, ServedFolder } from "./deployment";
import type { EnvFileFacts } from "./env-file";
import { type Problem, problems } from "./errors";
import type { ProjectFacts } from "./project";
import type { DeploymentSettings } from "./schema";
import { nearest } from "./validate";

/** Where the project lies in the container. */
const APP = "/app";

/** Variables that the containers are given; the settings may require them. */
const GIVEN = new Set([
  "ALLOWED_HOSTS",
  "DATABASE_HOST",
  "DATABASE_NAME",
  "DATABASE_PASSWORD",
  "DATABASE_PORT",
  "DATABASE_URL",
  "DATABASE_USER",
  "DJANGO_ALLOWED_HOSTS",
  "DJANGO_SECRET_KEY",
  "DJANGO_SETTINGS_MODULE",
  "HOME",
  "PATH",
  "SECRET_KEY",
]);

/** Names that can't be told apart from the engine's own; a deployment is never called so. */
const FALLBACK_NAME = "django";

/**
 * Fills in what the project's files say, and checks that what the user wrote fits them. Pure.
 *
 * @returns the deployment, which may be built only when there is no problem
 */
export function resolveDeployment(
  settings: DeploymentSettings,
  folder: string,
  facts: ProjectFacts,
  envFile: EnvFileFacts,
): { readonly deployment: Deployment; readonly problems: readonly Problem[] } {
  const project = resolveProject(settings, folder, facts, envFile);
  const { version: mariadb, ...database } = settings.database;
  const { version: nginx, ...proxy } = settings.proxy;
  return {
    deployment: {
      name: settings.name ?? nameOf(folder),
      project,
      database: { ...database, image: versionOf(mariadb, "11.8") },
      web: settings.web,
      proxy: { ...proxy, image: versionOf(nginx, "1.28") },
      local: settings.local,
    },
    problems: [
      ...envFile.problems,
      ...(facts.managePy
        ? moduleProblems(settings, project, facts)
        : [
            problems.noManagePy(
              settings.project.folder,
              facts.managePyElsewhere.map((below) => `${settings.project.folder}/${below}`),
            ),
          ]),
      ...environmentProblems(project, facts, envFile),
      ...engineProblems(settings),
    ],
  };
}

function resolveProject(
  { project }: DeploymentSettings,
  folder: string,
  facts: ProjectFacts,
  { file: envFile }: EnvFileFacts,
): Project {
  const settings = project.settings ?? facts.productionSettings ?? "";
  const healthPath = project.healthPath ?? facts.healthPathGuess;
  return {
    folder,
    settings,
    developmentSettings: project.developmentSettings ?? facts.developmentSettings ?? settings,
    wsgi: project.wsgi ?? facts.wsgi ?? "",
    python: versionOf(project.python, facts.pythonVersion ?? "3.13"),
    requirements: project.requirements ?? facts.requirements ?? "",
    packages: project.packages,
    buildPackages: project.buildPackages,
    static: servedFolder(project.static, facts.staticRoot, facts.staticUrl, "static"),
    media: servedFolder(project.media, facts.mediaRoot, facts.mediaUrl, "media"),
    healthPath: healthPath ?? "/",
    healthAnyAnswer: healthPath === undefined,
    allowedHosts: project.allowedHosts,
    environment: project.environment,
    envFile,
    overlay: project.overlay ?? !(facts.readsDatabaseEnvironment || facts.readsDatabaseUrl),
  };
}

function servedFolder(
  chosen: DeploymentSettings["project"]["static"],
  root: string | undefined,
  url: string | undefined,
  kind: "static" | "media",
): ServedFolder {
  const folder = chosen.root ?? root ?? (kind === "static" ? "staticfiles" : "media");
  const path = chosen.url ?? url ?? `/${kind}/`;
  return {
    root: posix.join(APP, folder),
    url: `${path.startsWith("/") ? "" : "/"}${path}${path.endsWith("/") ? "" : "/"}`,
  };
}

function versionOf(chosen: string | undefined, otherwise: string): ImageVersion {
  return { version: chosen ?? otherwise, pinned: chosen !== undefined };
}

/** The folder's name in the letters that Docker's names have. */
function nameOf(folder: string): string {
  const name = basename(folder)
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^[^a-z]+|-+$/g, "")
    .slice(0, 31)
    .replace(/-+$/, "");
  return name.length < 2 ? FALLBACK_NAME : name;
}

function moduleProblems(settings: DeploymentSettings, project: Project, facts: ProjectFacts): Problem[] {
  const { settingsModules, wsgiModules, requirementsFiles } = facts;
  const found: Problem[] = [];
  for (const key of ["settings", "developmentSettings"] as const) {
    if (!settingsModules.includes(project[key])) {
      const module = project[key] === "" ? undefined : project[key];
      if (key === "developmentSettings" && settings.project.developmentSettings === undefined) continue;
      found.push(
        problems.noSettings(
          `project.${key}`,
          module,
          settingsModules,
          module && nearest(module, settingsModules),
        ),
      );
    }
  }
  if (!wsgiModules.includes(project.wsgi.split(":")[0] ?? "")) {
    found.push(
      problems.noWsgi(
        project.wsgi,
        wsgiModules.map((module) => `${module}:application`),
      ),
    );
  }
  if (!requirementsFiles.includes(project.requirements)) {
    found.push(problems.noRequirements(project.requirements || "requirements.txt", requirementsFiles));
  }
  return found;
}

/** Variables that the settings can't do without, and that nobody sets. */
function environmentProblems(project: Project, facts: ProjectFacts, envFile: EnvFileFacts): Problem[] {
  if (envFile.problems.length > 0) return [];
  const missing = facts.environmentVariables
    .filter(({ name, required }) => required && !GIVEN.has(name))
    .map(({ name }) => name)
    .filter((name) => !(name in project.environment) && !envFile.names.includes(name));
  return missing.length > 0 ? [problems.missingEnvironment([...new Set(missing)], envFile.called)] : [];
}

function engineProblems({ local: { profile, dockerHost } }: DeploymentSettings): Problem[] {
  const elsewhere = dockerHost !== undefined && !dockerHost.startsWith("unix://");
  return profile === "development" && elsewhere ? [problems.bindMountNeedsLocalEngine(dockerHost)] : [];
}
