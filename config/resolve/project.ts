import { posix } from "node:path";
import type { DatabaseVariables, ImageVersion, Project, ServedFolder } from "../deployment";
import { type Problem, problems } from "../errors";
import type { EnvFileFacts } from "../files/env-file";
import { nearest } from "../nearest";
import type { ProjectFacts } from "../project";
import { wayUpTo } from "../project/above";
import type { ProjectFolder } from "../project/folder";
import { debugVariable, reasonsForOverlay, sslVariable } from "../project/overlay";
import type { DeploymentSettings } from "../schema";
import { productionProblems } from "./production-problems";
import { oldGunicorn } from "./gunicorn";

/** Where the project lies in the container. */
export const APP = "/app";

/** Version that is used when neither the user nor the project asks for one. */
const PYTHON = "3.13";

/** Variables that every container has; the settings may count on them. */
export const GIVEN = [
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
  "HOSTNAME",
  "PATH",
  "SECRET_KEY",
];

/** Fills in what the project's files say where the user said nothing. */
export function resolveProject(
  { project }: DeploymentSettings,
  folder: ProjectFolder,
  facts: ProjectFacts,
  { file: envFile }: EnvFileFacts,
): Project {
  const settings = project.settings ?? facts.productionSettings ?? "";
  const healthPath = project.healthPath ?? facts.healthPathGuess?.path;
  return {
    folder: folder.path,
    workingDirectory: posix.join(APP, facts.pythonRoot),
    settings,
    developmentSettings: project.developmentSettings ?? facts.developmentSettings ?? settings,
    wsgi: project.wsgi ?? facts.wsgi ?? "",
    python: pythonOf(project.python, facts),
    requirements: project.requirements ?? facts.requirements ?? "",
    packages: together(project.packages, facts.systemPackages.run),
    buildPackages: together(project.buildPackages, facts.systemPackages.build),
    static: servedFolder(project.static, facts.staticRoot, facts.staticUrl, "static"),
    media: servedFolder(project.media, facts.mediaRoot, facts.mediaUrl, "media"),
    healthPath: healthPath ?? "/",
    healthAnyAnswer: healthPath === undefined,
    allowedHosts: project.allowedHosts,
    environment: {
      ...sslRedirectVariable(facts),
      ...project.environment,
    },
    envFile,
    overlay: project.overlay ?? reasonsForOverlay(facts).length > 0,
    databaseVariables: databaseVariables(facts),
    debugOff: debugVariable(facts),
    allowedHostsVariable: allowedHostsVariable(facts),
    secretKeyVariable: facts.secretKeyVariable,
  };
}

/** What the user or the project says that can't be true. */
export function projectProblems(
  settings: DeploymentSettings,
  project: Project,
  facts: ProjectFacts,
  folder: ProjectFolder,
  envFile: EnvFileFacts,
): Problem[] {
  if (facts.managePy === undefined) {
    const above = wayUpTo("manage.py", folder.path);
    const ways = [...facts.managePyFiles.map((file) => posix.dirname(file)), ...(above ? [above] : [])];
    const elsewhere = ways.map((way) => posix.join(settings.project.folder, way));
    return [problems.noManagePy(settings.project.folder, elsewhere)];
  }
  return [
    ...settingsProblems(settings, project, facts),
    ...(folder.hasModule(project.wsgi.split(":")[0] ?? "")
      ? []
      : [problems.noWsgi(project.wsgi, facts.wsgi)]),
    ...(folder.requirementsFiles(project.requirements).length > 0
      ? []
      : [requirementsProblem(settings.project, facts, folder)]),
    ...gunicornProblems(project, folder),
    ...environmentProblems(project, facts, envFile),
    ...productionProblems(settings, project, facts),
  ];
}

function gunicornProblems(project: Project, folder: ProjectFolder): Problem[] {
  const { specifier, starts } = oldGunicorn(project, folder) ?? {};
  return specifier === undefined || starts === true
    ? []
    : [problems.oldGunicorn(project.requirements, specifier, project.python.version)];
}

function requirementsProblem(
  { folder: written, requirements }: DeploymentSettings["project"],
  facts: ProjectFacts,
  { path }: ProjectFolder,
): Problem {
  const hasAbove = wayUpTo("requirements.txt", path) === "..";
  const above = hasAbove && facts.pythonRoot === "." ? posix.join(written, "..") : undefined;
  const place = { chosen: requirements, folder: written, above };
  return problems.noRequirements(place, facts.requirements, facts.otherRequirements);
}

function settingsProblems(
  { project: chosen }: DeploymentSettings,
  project: Project,
  facts: ProjectFacts,
): Problem[] {
  const modules = facts.settingsModules.map(({ module }) => module);
  return (["settings", "developmentSettings"] as const).flatMap((key) => {
    // Without a choice, development falls back to the production settings, whose absence is said once.
    if (modules.includes(project[key]) || (key === "developmentSettings" && chosen[key] === undefined))
      return [];
    const module = project[key] === "" ? undefined : project[key];
    return [problems.noSettings(`project.${key}`, module, modules, module && nearest(module, modules))];
  });
}

/** Variables that the settings can't do without, and that nobody sets. */
function environmentProblems(project: Project, facts: ProjectFacts, envFile: EnvFileFacts): Problem[] {
  if (envFile.problems.length > 0) return [];
  const { allowedHostsVariable, databaseVariables, secretKeyVariable } = project;
  const given = new Set([
    ...GIVEN,
    ...namesOf(databaseVariables),
    ...Object.keys(project.environment),
    ...envFile.names,
    allowedHostsVariable?.name,
    secretKeyVariable,
  ]);
  const missing = facts.environmentVariables.filter(({ name, required }) => required && !given.has(name));
  const names = [...new Set(missing.map(({ name }) => name))];
  const readers = [...new Set(missing.map(({ file }) => file))];
  return names.length > 0 ? [problems.missingEnvironment(names, readers, envFile.called)] : [];
}

function namesOf({ engine, ...others }: DatabaseVariables): (string | undefined)[] {
  return [engine?.variable, ...Object.values(others as Readonly<Record<string, string>>)];
}

function databaseVariables({
  database: { engineValue, urlVariable, variables },
}: ProjectFacts): DatabaseVariables {
  return {
    engine:
      variables.ENGINE === undefined || engineValue === undefined
        ? undefined
        : { variable: variables.ENGINE, value: engineValue },
    host: variables.HOST,
    port: variables.PORT,
    name: variables.NAME,
    user: variables.USER,
    password: variables.PASSWORD,
    url: urlVariable,
  };
}

/** The hosts under the name, and with the separator, that the settings read them. */
function allowedHostsVariable({
  allowedHosts: { separator = ",", variable },
}: ProjectFacts): Project["allowedHostsVariable"] {
  return variable === undefined ? undefined : { name: variable, separator };
}

/** Without a certificate, a redirect to https leads nowhere. */
function sslRedirectVariable(facts: ProjectFacts): Record<string, string> {
  const off = sslVariable(facts);
  return off === undefined ? {} : { [off.variable]: off.value };
}

function pythonOf(chosen: string | undefined, { pythonVersion }: ProjectFacts): ImageVersion {
  if (chosen !== undefined) return { version: chosen, pinned: true };
  if (pythonVersion === undefined) return { version: PYTHON, pinned: false };
  const { orLater, version } = pythonVersion;
  return orLater && minor(version) <= minor(PYTHON)
    ? { version: PYTHON, pinned: false }
    : { version, pinned: true };
}

function minor(version: string): number {
  return Number(version.split(".")[1] ?? 0);
}

function servedFolder(
  chosen: DeploymentSettings["project"]["static"],
  root: string | undefined,
  url: string | undefined,
  kind: "static" | "media",
): ServedFolder {
  // A URL with a host, a CDN's, isn't nginx's to serve; the files still have a place.
  const path = chosen.url ?? (url?.startsWith("/") === true && !url.startsWith("//") ? url : `/${kind}/`);
  return {
    root:
      chosen.root === undefined
        ? (root ?? posix.join(APP, kind === "static" ? "staticfiles" : "media"))
        : posix.join(APP, chosen.root),
    url: path.endsWith("/") ? path : `${path}/`,
  };
}

function together(chosen: readonly string[], found: readonly string[]): string[] {
  return [...new Set([...chosen, ...found])].sort();
}
