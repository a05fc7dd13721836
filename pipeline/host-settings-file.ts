import { type Application, LABEL, objectName } from "../application/application";
import { healthHost } from "../application/health-host";
import { DATA_VOLUME, database } from "../application/backing-services/database";
import { memoryOf } from "../application/registry/definition";
import { baseOf, imageVariable } from "../application/image";
import { PUBLIC_ADDRESS } from "../application/on-host";
import { SECRETS_VOLUME } from "../application/tasks/secrets";
import type { Deployment } from "../config/deployment";
import { array, assignment, variable } from "./bash";

const HEADER = `# shellcheck shell=bash disable=SC2016,SC2034 # other files read what is set here
# What the release script needs to know.
`;

/** What {@link settingsFile} is made from. */
export interface ReleaseSettings {
  /** The deployment as it is on its host. */
  readonly deployment: Deployment;
  readonly application: Application;
}

/** What the release script knows of the application, as assignments of Bash. Pure. */
export function settingsFile({ deployment, application }: ReleaseSettings): string {
  const { project, web } = deployment;
  const images = new Map(
    application.services.map(({ image }) => [baseOf(image).base, baseOf(image).reference]),
  );
  const build = application.services
    .map(({ image }) => image)
    .find((image) => image.kind === "application")?.build;
  const buildArguments = {
    ...(build && { PYTHON_IMAGE: variable(imageVariable(build.base.base)) }),
    ...build?.arguments,
  };
  const volumes = application.volumes.map(({ name }) => name);
  const lines = [
    assignment("NAME", application.name),
    ...[...images].map(([base, reference]) => imageLine(imageVariable(base), reference)),
    assignment("IMAGE_REPOSITORY", build?.repository ?? ""),
    array(
      "IMAGE_BUILD_ARGUMENTS",
      Object.entries(buildArguments).map(([name, value]) => `--build-arg=${name}=${value}`),
    ),
    assignment("LABEL_NAME", LABEL.name),
    assignment("LABEL_REVISION", LABEL.revision),
    array("VOLUMES", volumes),
    assignment("SECRETS_VOLUME", objectName(application, SECRETS_VOLUME)),
    assignment("DATABASE_VOLUME", objectName(application, DATA_VOLUME)),
    assignment("DATABASE_USER", deployment.database.user),
    assignment("DATABASE_MEMORY", String(memoryOf(deployment, database))),
    array(
      "SECRET_FILES",
      application.secrets.map(({ name }) => name),
    ),
    "# Where and by which name the application is asked how it is.\n",
    assignment("HEALTH_PATH", project.healthPath),
    addressed(
      assignment("HEALTH_HOST", healthHost(project.allowedHosts, PUBLIC_ADDRESS)),
      (name) => `"$${name}"`,
    ),
    "# A redirect, or any answer, is one too where the project has no page for this.\n",
    assignment("HEALTH_ANY", project.healthAnyAnswer ? "1" : "0"),
    "# Seconds: until a new container must serve, and for which it must then go on to.\n",
    assignment("START_TIMEOUT", String(web.startTimeout)),
    assignment("SOAK", String(web.soak)),
  ];
  return `${HEADER}\n${lines.join("")}`;
}

/** A text with the host's address in the place that is kept for it. */
export function addressed(text: string, write: (variable: string) => string): string {
  return text.replaceAll(PUBLIC_ADDRESS, write("PUBLIC_ADDRESS"));
}

/** The environment may name another image: that of a machine without a registry. */
function imageLine(name: string, reference: string): string {
  return `${name}=\${${name}:-${reference}}\n`;
}
