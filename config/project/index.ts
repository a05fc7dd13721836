// INTERIM by the lead, so that load.ts compiles: helper 3 replaces this file by the real detection.
import { existsSync, readdirSync } from "node:fs";
import { join, relative } from "node:path";

/** A variable that the settings read from the environment. */
export interface EnvironmentVariable {
  readonly name: string;
  /** Without a value the settings can't be imported. */
  readonly required: boolean;
}

/** What a project's files say about it, without running them. Paths are relative to the project. */
export interface ProjectFacts {
  readonly managePy: boolean;
  /** Folders below that have a manage.py, when this one has none. */
  readonly managePyElsewhere: readonly string[];
  readonly settingsModules: readonly string[];
  readonly productionSettings?: string;
  readonly developmentSettings?: string;
  /** `module:attribute`. */
  readonly wsgi?: string;
  readonly wsgiModules: readonly string[];
  readonly requirements?: string;
  readonly requirementsFiles: readonly string[];
  readonly pythonVersion?: string;
  readonly staticRoot?: string;
  readonly staticUrl?: string;
  readonly mediaRoot?: string;
  readonly mediaUrl?: string;
  readonly readsDatabaseEnvironment: boolean;
  readonly readsDatabaseUrl: boolean;
  readonly environmentVariables: readonly EnvironmentVariable[];
  readonly healthPathGuess?: string;
}

export function inspectProject(folder: string): ProjectFacts {
  return {
    managePy: existsSync(join(folder, "manage.py")),
    managePyElsewhere: [],
    settingsModules: ["config.settings.base", "config.settings.dev", "config.settings.prod"],
    productionSettings: "config.settings.prod",
    developmentSettings: "config.settings.dev",
    wsgi: "config.wsgi:application",
    wsgiModules: ["config.wsgi"],
    requirements: "requirements.txt",
    requirementsFiles: ["requirements.txt"],
    staticRoot: "staticfiles",
    staticUrl: "/static/",
    mediaRoot: "media",
    mediaUrl: "/media/",
    readsDatabaseEnvironment: true,
    readsDatabaseUrl: false,
    environmentVariables: [],
    healthPathGuess: "/health/",
  };
}

/** The project's files that belong into the image, relative to it, sorted. */
export function listProjectFiles(folder: string, _served: readonly string[]): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => !entry.isDirectory())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)))
    .filter((file) => !/(^|\/)(\.git|\.env.*|\.venv|__pycache__|media|staticfiles)(\/|$)/.test(file))
    .sort();
}

/** A requirements file and every file that it includes, relative to the project. */
export function requirementsClosure(_folder: string, file: string): string[] {
  return [file];
}
