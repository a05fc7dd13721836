import { type Problem, showValue } from "./problem";

/** What writes a requirements file from what a project has instead. */
function exportCommand(file: string | undefined): string {
  if (file === "uv.lock") return "uv export --no-dev --no-hashes";
  if (file === "poetry.lock") return "poetry export";
  return file?.startsWith("Pipfile") ? "pipenv requirements" : "pip freeze";
}

/** Where that is typed: pip writes down all that it sees, which without the project's own environment is the wrong list. */
function whereToExport(folder: string, file: string | undefined): string {
  return `in ${folder}${file === undefined ? ", with the project's virtual environment active" : ""}`;
}

/** A setting that is on: the variable that turns it off, or the one of deployment.ts that keeps it on. */
interface SwitchedOn {
  readonly by?: { readonly variable: string; readonly value: string };
  readonly off?: { readonly variable: string; readonly value: string };
}

function withVariable(by: SwitchedOn["by"]): string {
  return by === undefined ? "" : ` with ${by.variable}: ${showValue(by.value)} of project.environment`;
}

function withoutVariable(by: SwitchedOn["by"]): string | undefined {
  return by && `take ${by.variable} out of project.environment, where deployment.ts sets it`;
}

/** What is wrong with the project, or does not fit it. */
export const projectProblems = {
  missingFolder: (folder: string, likely: string | undefined): Problem => ({
    place: "project.folder",
    value: `${showValue(folder)}, where there is no folder`,
    expected: "the folder that holds manage.py, relative to deployment.ts",
    fix: likely === undefined ? "correct the path, or copy your project there" : `did you mean "${likely}"?`,
  }),

  noManagePy: (folder: string, elsewhere: readonly string[]): Problem => ({
    place: "project.folder",
    value: `${showValue(folder)}, which has no manage.py`,
    expected: "the folder that holds manage.py",
    fix:
      elsewhere[0] === undefined
        ? "point it at the Django project itself"
        : `did you mean "${elsewhere[0]}"?`,
  }),

  noSettings: (
    place: string,
    module: string | undefined,
    found: readonly string[],
    nearest?: string,
  ): Problem => ({
    place,
    value: module === undefined ? undefined : `${showValue(module)}, and no such module is in the project`,
    expected: found.length > 0 ? `one of ${found.join(", ")}` : "the dotted name of the settings module",
    fix: nearest ? `did you mean "${nearest}"?` : "write its dotted name, for example mysite.settings",
  }),

  noWsgi: (application: string, found: string | undefined): Problem => ({
    place: "project.wsgi",
    value: application === "" ? undefined : `${showValue(application)}, and no such module is in the project`,
    expected: "module:attribute of the WSGI application, for example mysite.wsgi:application",
    fix:
      found !== undefined && found !== application
        ? `remove the line: ${found} is found by itself`
        : "make it: docs.djangoproject.com/en/stable/howto/deployment/wsgi",
  }),

  oldGunicorn: (file: string, specifier: string, python: string): Problem => ({
    place: file,
    value: `gunicorn${specifier}, which imports pkg_resources; Python ${python} comes without that module`,
    expected: "gunicorn 21 or newer",
    fix: "write gunicorn>=27 there, or remove its line: the newest is installed then",
  }),

  /** @param above the folder above the project's, when a requirements file of pip lies there */
  noRequirements: (
    { chosen, folder, above }: { readonly chosen?: string; readonly folder: string; readonly above?: string },
    found: string | undefined,
    others: readonly string[],
  ): Problem => ({
    place: "project.requirements",
    value: chosen === undefined ? undefined : `${showValue(chosen)}, which is not in the project`,
    expected: "a requirements file of pip, relative to the project",
    fix:
      chosen !== undefined && found !== undefined
        ? `remove the line: ${found} is found by itself`
        : above !== undefined
          ? `it lies one folder above: write folder: ${showValue(above)}, where manage.py is found as well`
          : `make one${others[0] ? ` from ${others[0]}` : ""}, ${whereToExport(folder, others[0])}: ${exportCommand(others[0])} > requirements.txt`,
  }),

  sameFolder: (key: "root" | "url", value: string): Problem => ({
    place: `project.media.${key}`,
    value: `${showValue(value)}, and so is project.static.${key}`,
    expected: "uploaded files apart from static ones",
    fix: `set project.media.${key} and the settings' MEDIA_${key.toUpperCase()} to another one`,
  }),

  secretInEnvironment: (name: string): Problem => ({
    place: `project.environment.${name}`,
    value: "a secret, which would be readable in the Terraform state and in docker inspect",
    expected: "variables that anybody may read",
    fix: `move it into the project's .env as ${name}=…`,
  }),

  malformedEnvFile: (file: string, line: number, reason: string): Problem => ({
    place: `${file}, line ${line}`,
    value: "no NAME=value line",
    expected: reason,
    fix: "correct the line; docs/env-file.md has the rules",
  }),

  undecodableName: (shown: string): Problem => ({
    place: `the file name ${shown} in the project`,
    value: "not UTF-8",
    expected: "names that every machine reads alike",
    fix: "rename it (convmv -f latin1 -t utf8 --notest FILE), or leave its folder out: add that to .dockerignore",
  }),

  debugIsOn: (place: string, { by, off }: SwitchedOn): Problem => ({
    place: `DEBUG (${place})`,
    value: `True in production${withVariable(by)}, so that each error would show settings and code to every visitor`,
    expected: "DEBUG off",
    fix:
      off === undefined
        ? (withoutVariable(by) ??
          "write DEBUG = False there, or leave out overlay: false; our settings then turn it off")
        : `write environment: { ${off.variable}: ${showValue(off.value)} } into project, which turns it off`,
  }),

  redirectToNowhere: (place: string, { by }: SwitchedOn): Problem => ({
    place: `SECURE_SSL_REDIRECT (${place})`,
    value: `True${withVariable(by)}, and there is no https: every page would be a redirect to nowhere`,
    expected: "no redirect until there is a certificate",
    fix:
      withoutVariable(by) ??
      "write SECURE_SSL_REDIRECT = False there, or leave out overlay: false; our settings then turn it off",
  }),

  postgresqlOnly: (file: string, line: number, what: string, more: number): Problem => ({
    place: `${file}, line ${line},`,
    value: `${what}${more > 0 ? ` (and ${more} more place${more > 1 ? "s" : ""})` : ""}, which works with PostgreSQL alone`,
    expected:
      "a project that runs on MariaDB: it is the database of this deployment, PostgreSQL is not supported",
    fix: "take it out. Code that knows both databases has it under a condition, in a migration under one of schema_editor.connection.vendor. A file that no deployment needs belongs into .dockerignore",
  }),

  foreignEngine: (file: string, line: number, engine: string): Problem => ({
    place: `${file}, line ${line},`,
    value: `the database ${engine}, and no variable changes that`,
    expected: "MariaDB (django.db.backends.mysql), the only database of this deployment",
    fix: "read DATABASE_URL or the engine from the environment; or, if the project runs on MariaDB as well, write overlay: true into project: our settings put MariaDB in its place, which begins empty",
  }),

  unreadableProject: (path: string, reason: string): Problem => ({
    place: path,
    value: `part of the project and can't be read (${reason})`,
    expected: "files that you may read",
    fix: `correct its permissions (chmod -R u+rX), or leave it out: add it to .dockerignore`,
  }),

  /** @param chosen whether deployment.ts names it */
  unreadableEnvFile: (file: string, reason: string, chosen: boolean): Problem => ({
    place: chosen ? "project.envFile" : `the project's ${file}`,
    value: chosen ? `${showValue(file)}, which can't be read (${reason})` : `not to be read (${reason})`,
    expected: "a readable file of NAME=value lines, relative to the project",
    fix: chosen
      ? "correct its path or its permissions (chmod 600), or remove the setting"
      : "correct its permissions (chmod 600), or write envFile: with the name of another one into project",
  }),

  missingEnvironment: (names: readonly string[], readers: readonly string[], file: string): Problem => ({
    place: "the project's environment",
    value: `without ${names.join(", ")}, which its settings need (${readers.join(", ")})`,
    expected: `a value in ${file} or in project.environment`,
    fix: `write into ${file}, where secrets belong, ${names.length > 1 ? "a line for each: " : ""}${names.map((name) => `${name}=VALUE`).join(", ")}`,
  }),
} as const;
