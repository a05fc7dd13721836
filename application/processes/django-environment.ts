import type { Deployment, Project } from "../../config/deployment";
import { type Definition, providersOf } from "../registry/definition";
import { secretNames } from "../secrets";
import { SECRETS_FOLDER } from "../tasks/secrets";

/** The variable that names the secrets, separated by spaces: the image's entrypoint reads `NAME` from the file `NAME_FILE`. */
export const READ_FROM_FILES = "DEPLOYMENT_READ_FROM_FILES";

/**
 * The environment that Django's settings read, as in the notes; secrets as paths of files, which the image's
 * entrypoint opens.
 *
 * @param definitions those that provide something are told to Django
 * @param settings another settings module than that of production
 */
export function djangoEnvironment(
  deployment: Deployment,
  definitions: readonly Definition[],
  settings?: string,
): Record<string, string> {
  const { project } = deployment;
  const hosts = project.allowedHosts.join(",");
  const provisions = providersOf(definitions).map(({ provides }) => provides);
  const provided = {
    ...merged(provisions.map(({ environment }) => environment(deployment))),
    SECRET_KEY_FILE: `${SECRETS_FOLDER}/django_secret_key`,
    DJANGO_SECRET_KEY_FILE: `${SECRETS_FOLDER}/django_secret_key`,
  };
  return {
    PYTHONUNBUFFERED: "1",
    ...settingsModule(project, settings),
    DEPLOYMENT_STATIC_ROOT: project.static.root,
    DEPLOYMENT_STATIC_URL: project.static.url,
    DEPLOYMENT_MEDIA_ROOT: project.media.root,
    DEPLOYMENT_MEDIA_URL: project.media.url,
    ...provided,
    [READ_FROM_FILES]: secretsIn(provided).join(" "),
    ENV_FILE: `${SECRETS_FOLDER}/env`,
    ALLOWED_HOSTS: hosts,
    DJANGO_ALLOWED_HOSTS: hosts,
    ...merged(provisions.map(({ theirEnvironment }) => theirEnvironment?.(deployment) ?? {})),
    ...hostsUnderTheirName(project),
    ...secretNames(project, definitions),
    // Another settings module is that of development.
    ...(settings === undefined &&
      project.debugOff && { [project.debugOff.variable]: project.debugOff.value }),
    ...project.environment,
  };
}

/** Names of the secrets whose files an environment names. */
function secretsIn(environment: Readonly<Record<string, string>>): string[] {
  return Object.entries(environment).flatMap(([name, value]) => {
    const [, secret] = /^(.+)_FILE$/.exec(name) ?? [];
    return secret !== undefined && value.startsWith(`${SECRETS_FOLDER}/`) ? [secret] : [];
  });
}

function merged(environments: readonly Readonly<Record<string, string>>[]): Record<string, string> {
  return Object.fromEntries(environments.flatMap((environment) => Object.entries(environment)));
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

function hostsUnderTheirName({ allowedHosts, allowedHostsVariable: hosts }: Project): Record<string, string> {
  return hosts ? { [hosts.name]: allowedHosts.join(hosts.separator) } : {};
}
