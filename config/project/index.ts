import { posix } from "node:path";

import { LOGIN_PATH } from "../grammar/login-path";
import { databaseOf } from "./database";
import { environmentVariablesOf } from "../python/environment-variables";
import type { AllowedHosts, ProjectFacts } from "./facts";
import { healthPathOf } from "./health";
import { foreignEngine, namedEngines } from "./production/engine";
import { type KnownEnvironment, UNKNOWN } from "./production/known";
import { postgresqlUses } from "./production/postgresql";
import { sqliteFileOf } from "./production/sqlite-file";
import { Switches } from "./production/switch";
import { PythonModules } from "../python/module";
import type { PythonModule } from "../python/module";
import type { Value } from "../python/value";
import { pythonVersionOf } from "./python-version";
import { requirementsOf } from "./requirements";
import { settingsOf } from "./settings";
import { systemPackagesFor } from "./system-packages";
import { testsOf } from "./tests";
import { ignoreRulesOf } from "../tree/ignore";
import { ProjectTree } from "../tree/tree";

export type { ProjectFacts } from "./facts";
export { DJANGO_TESTS, type ProjectTests } from "./tests";
export { filesForImage, ignoreRulesOf, IgnoreRules } from "../tree/ignore";
export { reasonsForOverlay } from "./overlay";

/** Where the project lies in the container. */
const MOUNT = "/app";

/** Settings that have browsers send a cookie over https alone. */
const COOKIES = ["SESSION_COOKIE_SECURE", "CSRF_COOKIE_SECURE"] as const;

/** What is known of a project before its files are read. */
export interface Inspection {
  /** The settings module for production that the user names. @default found in the files */
  readonly settings?: string;
  /** The environment variables that production has for certain. @default none */
  readonly environment?: KnownEnvironment;
  /** The project's folder in the container. */
  readonly mount?: string;
}

/**
 * Reads what a Django project's files say about it. Nothing is executed, and nothing in the folder
 * makes it throw: what can't be known is left out.
 */
export function inspectProject(
  folder: string,
  { settings: chosen, environment = new Map(), mount = MOUNT }: Inspection = {},
): ProjectFacts {
  const tree = new ProjectTree(folder);
  const managePyFiles = tree.pythonFiles.filter((file) => posix.basename(file) === "manage.py");
  const managePy =
    managePyFiles[0] === "manage.py" || managePyFiles.length === 1 ? managePyFiles[0] : undefined;
  const pythonRoot = posix.dirname(managePy ?? "manage.py");
  const modules = new PythonModules(tree, { pythonRoot, mount });
  const settings = settingsOf(tree, modules, pythonRoot);
  const requirements = requirementsOf(tree, pythonRoot);
  const production = (chosen === undefined ? undefined : modules.read(chosen)) ?? settings.production;
  const database = production === undefined ? { engines: [], variables: {} } : databaseOf(production);
  const environmentVariables = production === undefined ? [] : environmentVariablesOf(production);
  const read = new Set(environmentVariables.map(({ name }) => name));
  const valueOf = (name: string): Value => production?.names.get(name) ?? {};
  const ours = [database.urlVariable, ...Object.values(database.variables), valueOf("SECRET_KEY").variable];
  const certain: KnownEnvironment = new Map([
    ...ours.flatMap((name) => (name === undefined ? [] : [[name, UNKNOWN] as const])),
    ...environment,
  ]);
  const switches = new Switches(production);
  const debug = switches.of("DEBUG", certain);
  // What is on only while DEBUG is on will be off.
  const inProduction = debug.off ? new Map([...certain, [debug.off.variable, debug.off.value]]) : certain;
  const workingDirectory = posix.join(mount, pythonRoot);

  return {
    managePy,
    managePyFiles,
    pythonRoot,
    settingsModules: settings.modules,
    unimportable: settings.unimportable,
    productionSettings: production?.name,
    developmentSettings: settings.development?.name,
    wsgi: wsgiOf(tree, modules, production, pythonRoot),
    requirements: requirements.file,
    requirementsFiles: requirements.files,
    django: requirements.packages.get("django")?.specifier,
    systemPackages: systemPackagesFor(requirements.packages),
    otherRequirements: requirements.otherSources,
    pythonVersion: pythonVersionOf(tree, pythonRoot),
    staticRoot: rootOf(valueOf("STATIC_ROOT"), workingDirectory),
    staticUrl: urlOf(valueOf("STATIC_URL")),
    mediaRoot: rootOf(valueOf("MEDIA_ROOT"), workingDirectory),
    mediaUrl: urlOf(valueOf("MEDIA_URL")),
    loginPath: pathOf(valueOf("LOGIN_URL")),
    database,
    foreignEngine: production && foreignEngine(namedEngines(production), isFixed(database)),
    postgresqlUses:
      production === undefined ? [] : postgresqlUses(tree, production, () => ignoreRulesOf(folder)),
    sqliteFile: production && sqliteFileOf(production, mount, workingDirectory),
    readsDatabaseEnvironment: ["NAME", "USER", "PASSWORD", "HOST"].every((part) =>
      read.has(`DATABASE_${part}`),
    ),
    readsDatabaseUrl: read.has("DATABASE_URL"),
    environmentVariables,
    debug,
    secretKeyVariable: valueOf("SECRET_KEY").variable,
    allowedHosts: allowedHostsOf(valueOf("ALLOWED_HOSTS")),
    sslRedirect: switches.of("SECURE_SSL_REDIRECT", inProduction),
    secureCookies: COOKIES.filter((name) => switches.of(name, inProduction).on === true),
    tests: testsOf(tree, pythonRoot, requirements.file),
    healthPathGuess: healthOf(modules, valueOf("ROOT_URLCONF").text),
  };
}

/** Whether no variable decides on the engine. */
function isFixed({ urlVariable, variables }: ProjectFacts["database"]): boolean {
  return urlVariable === undefined && variables.ENGINE === undefined;
}

/** WSGI_APPLICATION when its module is there, else the wsgi.py beside the settings, else the only one. */
function wsgiOf(
  tree: ProjectTree,
  modules: PythonModules,
  settings: PythonModule | undefined,
  pythonRoot: string,
): string | undefined {
  const named = settings?.names.get("WSGI_APPLICATION")?.text;
  const dot = named?.lastIndexOf(".") ?? -1;
  if (named !== undefined && dot > 0 && modules.fileOf(named.slice(0, dot)) !== undefined) {
    return `${named.slice(0, dot)}:${named.slice(dot + 1)}`;
  }
  const files = tree.pythonFiles.filter((file) => posix.basename(file) === "wsgi.py");
  const above = (file: string): boolean => settings?.file.startsWith(`${posix.dirname(file)}/`) === true;
  const file = files.find(above) ?? (files.length === 1 ? files[0] : undefined);
  const relative = file === undefined ? ".." : posix.relative(pythonRoot, file);
  return relative.startsWith("..")
    ? undefined
    : `${relative.replace(/\.py$/, "").replaceAll("/", ".")}:application`;
}

/** A relative root is below the folder in which Django is started. */
function rootOf({ text }: Value, workingDirectory: string): string | undefined {
  return text === undefined || text === "" ? undefined : posix.resolve(workingDirectory, text);
}

/** Django puts a slash before a URL that has neither scheme nor slash. */
function urlOf({ text }: Value): string | undefined {
  if (text === undefined || text === "") return undefined;
  return /^(\w+:)?\/\/|^\//.test(text) ? text : `/${text}`;
}

/** A path of this site. `LOGIN_URL` may also be the name of a URL, or another site. */
function pathOf({ text }: Value): string | undefined {
  const path = text?.replace(/[?#].*$/, "") ?? "";
  return LOGIN_PATH.test(path) ? path : undefined;
}

function allowedHostsOf({ items, variable, separator }: Value): AllowedHosts {
  const hosts = items?.map(({ text }) => text).filter((text) => text !== undefined);
  const element = items?.find((item) => item.variable !== undefined);
  return { hosts, variable: variable ?? element?.variable, separator };
}

function healthOf(modules: PythonModules, urlconf: string | undefined): ProjectFacts["healthPathGuess"] {
  const urls = urlconf === undefined ? undefined : modules.read(urlconf);
  return urls && healthPathOf(urls);
}
