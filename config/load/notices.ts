import type { Deployment } from "../deployment";
import type { EnvFileFacts } from "../files/env-file";
import type { ProjectFacts } from "../project";
import type { ProjectFolder } from "../project/folder";
import { reasonsForOverlay } from "../project/overlay";
import { oldGunicorn } from "../resolve/gunicorn";

/**
 * What a user should know of the project and need not mend; a sentence each.
 *
 * @param envFile the names in the project's `.env`, and how the user knows it
 */
export function noticesOf(
  { project, local }: Deployment,
  facts: ProjectFacts,
  envFile: Pick<EnvFileFacts, "called" | "names">,
  folder: ProjectFolder,
): string[] {
  return [
    ...gunicornNotice(project, folder),
    ...overlayNotice(project, facts),
    ...databaseNotice(project, envFile),
    ...(local.profile === "production" ? cookieNotice(facts) : []),
  ];
}

function gunicornNotice(project: Deployment["project"], folder: ProjectFolder): string[] {
  const { specifier } = oldGunicorn(project, folder) ?? {};
  if (specifier === undefined) return [];
  return [
    `${project.requirements} asks for gunicorn${specifier}: it gets no fixes, and our worker is tested with 21 and newer. Write gunicorn>=27 there (>=23 on Python 3.8 and 3.9), or remove its line: the newest is installed then`,
  ];
}

/** Under these the containers themselves look for the database. */
const OURS = ["DATABASE_HOST", "DATABASE_PORT", "DATABASE_NAME", "DATABASE_USER"];

/** A `.env` that was written for this computer leads the containers to a database that isn't there. */
function databaseNotice(
  { databaseVariables, envFile: file }: Deployment["project"],
  { called, names }: Pick<EnvFileFacts, "called" | "names">,
): string[] {
  const { engine, host, name, port, url, user } = databaseVariables;
  const theirs = [engine?.variable, host, name, port, url, user];
  const set = names.filter((one) => OURS.includes(one) || theirs.includes(one));
  if (file === undefined || set.length === 0) return [];
  const them = set.length > 1 ? "them" : "it";
  return [
    `${called} sets ${set.join(", ")}, and wins over what this deployment gives: unless that is its own MariaDB, take ${them} out of ${called}; the right values are given without ${them}`,
  ];
}

/** Settings of ours that nobody has asked for must not be found by chance. */
function overlayNotice({ overlay, settings }: Deployment["project"], facts: ProjectFacts): string[] {
  const reasons = reasonsForOverlay(facts);
  if (!overlay || reasons.length === 0) return [];
  return [
    `settings of ours are laid over ${settings}, because ${reasons.join("; ")}. They set DATABASES, DEBUG, ALLOWED_HOSTS, SECRET_KEY and the static and media folders, turn SECURE_SSL_REDIRECT off, and log to the console where LOGGING is not set; all else stays as it is. To be rid of them, have the settings read these from the environment (docs/own-project.md), or write overlay: false into project`,
  ];
}

function cookieNotice({ secureCookies }: ProjectFacts): string[] {
  if (secureCookies.length === 0) return [];
  const are = secureCookies.length > 1 ? "are" : "is";
  return [
    `${secureCookies.join(" and ")} ${are} True, and there is no https yet: browsers send no such cookie over plain http, so that nobody can log in (at http://localhost some browsers do). Until there is a certificate, set ${secureCookies.length > 1 ? "them" : "it"} to False`,
  ];
}
