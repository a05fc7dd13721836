import type { Deployment } from "../deployment";
import { type Problem, problems } from "../errors";

/** Seconds that the slowest sound project needs from its start to its first answer. */
const START = 5;

/** Names of what our task `secrets` makes; their values belong into `.env`, which no rendering holds. */
const SECRETS = new Set([
  "DATABASE_PASSWORD",
  "DATABASE_URL",
  "DJANGO_SECRET_KEY",
  "MARIADB_PASSWORD",
  "MARIADB_ROOT_PASSWORD",
  "MYSQL_PASSWORD",
  "MYSQL_ROOT_PASSWORD",
  "SECRET_KEY",
]);

/** What is right in each of its parts and wrong together. Pure. */
export function relationProblems(deployment: Deployment): Problem[] {
  return [
    ...folderProblems(deployment),
    ...secretProblems(deployment),
    ...timeProblems(deployment),
    ...portProblems(deployment),
  ];
}

/** Static and media files are volumes of their own, served under URLs of their own. */
function folderProblems({ project }: Deployment): Problem[] {
  return (["root", "url"] as const)
    .filter((key) => project.static[key] === project.media[key])
    .map((key) => problems.sameFolder(key, project.media[key]));
}

function secretProblems({ project }: Deployment): Problem[] {
  return Object.keys(project.environment)
    .filter((name) => SECRETS.has(name) || name === project.secretKeyVariable)
    .map((name) => problems.secretInEnvironment(name));
}

/** A container that is given up before it can have served for long enough is a release that never succeeds. */
function timeProblems({ web }: Deployment): Problem[] {
  const least = web.soak + START;
  return web.startTimeout < least ? [problems.startTimeoutTooShort(web.startTimeout, web.soak, least)] : [];
}

function portProblems({ local }: Deployment): Problem[] {
  const same = local.profile === "development" && local.developmentPort === local.databasePort;
  return same ? [problems.samePort(local.databasePort)] : [];
}
