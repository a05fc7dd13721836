import type { Deployment } from "../../config/deployment";
import { uploadBuffers } from "../../config/memory-budget";
import { SMALL_TASK } from "../container-defaults";
import { type TaskDefinition, memoryOf, providersOf } from "../registry/definition";
import { BIN, applicationContainer, secretsAndTemporary } from "../processes/application-container";
import { djangoEnvironment } from "../processes/django-environment";
import { MEDIA_VOLUME, STATIC_VOLUME } from "../processes/volumes";
import { web } from "../processes/web";
import { volumeMount } from "../volume";
import { nginxCheck } from "./nginx-check";
import { secrets } from "./secrets";

/** For assets/image/python/deployment_fit/pending.py. A deployment that accepts nothing has the container that it had. */
function accepted({ release: { accept } }: Deployment): Record<string, string> {
  return Object.keys(accept).length === 0 ? {} : { RELEASE_ACCEPT: JSON.stringify(accept) };
}

/** Migrations and static files of a release, before any of its containers serves. */
export const migrate: TaskDefinition = {
  name: "migrate",
  kind: "task",
  profiles: ["production"],
  stack: "local",
  release: "before",
  // A day: a large table takes long.
  timeLimit: 86_400,
  changesSchema: true,
  image: web.image,
  container: (deployment, { definitions }) => ({
    ...applicationContainer(deployment),
    ...SMALL_TASK,
    command: [`${BIN}/migrate`],
    environment: { ...djangoEnvironment(deployment, definitions), ...accepted(deployment) },
    mounts: [
      ...secretsAndTemporary(deployment),
      volumeMount(STATIC_VOLUME, deployment.project.static.root),
      volumeMount(MEDIA_VOLUME, deployment.project.media.root),
    ],
    // It imports the same project as web does.
    memory: memoryOf(deployment, web) + uploadBuffers(deployment.proxy.bodySize),
    failure: "The release was stopped before it served.",
    dependsOn: [
      { role: secrets.name, condition: "completed" },
      ...providersOf(definitions).map(({ name }) => ({ role: name, condition: "healthy" }) as const),
      { role: nginxCheck.name, condition: "completed" },
    ],
  }),
};
