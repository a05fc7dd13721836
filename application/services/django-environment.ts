import type { Deployment, Project } from "../../config/deployment";
import { SECRETS } from "./defaults";

/**
 * The environment that Django's settings read, as in the notes; secrets as paths of files, which the image's
 * entrypoint opens.
 *
 * @param settings another settings module than that of production
 */
export function djangoEnvironment(deployment: Deployment, settings?: string): Record<string, string> {
  const { project } = deployment;
  const hosts = project.allowedHosts.join(",");
  const ours = {
    DATABASE_HOST: `${deployment.name}-database`,
    DATABASE_PORT: "3306",
    DATABASE_NAME: deployment.database.name,
    DATABASE_USER: deployment.database.user,
  };
  return {
    PYTHONUNBUFFERED: "1",
    ...settingsModule(project, settings),
    DEPLOYMENT_STATIC_ROOT: project.static.root,
    DEPLOYMENT_STATIC_URL: project.static.url,
    DEPLOYMENT_MEDIA_ROOT: project.media.root,
    DEPLOYMENT_MEDIA_URL: project.media.url,
    ...ours,
    DATABASE_PASSWORD_FILE: `${SECRETS}/database_password`,
    SECRET_KEY_FILE: `${SECRETS}/django_secret_key`,
    DJANGO_SECRET_KEY_FILE: `${SECRETS}/django_secret_key`,
    ENV_FILE: `${SECRETS}/env`,
    ALLOWED_HOSTS: hosts,
    DJANGO_ALLOWED_HOSTS: hosts,
    ...underTheirNames(project, ours),
    // Another settings module is that of development.
    ...(settings === undefined &&
      project.debugOff && { [project.debugOff.variable]: project.debugOff.value }),
    ...project.environment,
  };
}

function settingsModule(project: Project, settings: string | undefined): Record<string, string> {
  const module = settings ?? project.settings;
  if (!project.overlay) return { DJANGO_SETTINGS_MODULE: module };
  return {
    DJANGO_SETTINGS_MODULE: "deployment_settings",
    DEPLOYMENT_SETTINGS_BASE: module,
    DEPLOYMENT_DEBUG: settings === undefined ? "0" : "1",
  };
}

/** The same values under the names that the project's settings read. */
function underTheirNames(
  project: Project,
  ours: Readonly<Record<"DATABASE_HOST" | "DATABASE_PORT" | "DATABASE_NAME" | "DATABASE_USER", string>>,
): Record<string, string> {
  const { allowedHosts, allowedHostsVariable: hosts } = project;
  const { engine, host, port, name, user } = project.databaseVariables;
  const values: [string | undefined, string][] = [
    [engine?.variable, engine?.value ?? ""],
    [host, ours.DATABASE_HOST],
    [port, ours.DATABASE_PORT],
    [name, ours.DATABASE_NAME],
    [user, ours.DATABASE_USER],
  ];
  return {
    ...Object.fromEntries(
      values.flatMap(([theirs, value]) => (theirs === undefined ? [] : [[theirs, value] as const])),
    ),
    ...(hosts && { [hosts.name]: allowedHosts.join(hosts.separator) }),
    ...secretNames(project),
  };
}

/** The names under which the project's settings read secrets, where they are not ours; never a value. */
export function secretNames({ databaseVariables, secretKeyVariable }: Project): Record<string, string> {
  const names: [string, string | undefined, string][] = [
    ["DATABASE_PASSWORD_VARIABLE", databaseVariables.password, "DATABASE_PASSWORD"],
    ["DATABASE_URL_VARIABLE", databaseVariables.url, "DATABASE_URL"],
    ["SECRET_KEY_VARIABLE", secretKeyVariable, "SECRET_KEY"],
  ];
  return Object.fromEntries(
    names.flatMap(([naming, theirs, ours]) =>
      theirs === undefined || theirs === ours ? [] : [[naming, theirs] as const],
    ),
  );
}
