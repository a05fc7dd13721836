import type { Deployment } from "../../config/deployment";
import { uploadBuffers } from "../../config/memory-budget";
import { type Definition, providersOf } from "../registry/definition";
import type { ContainerDescription } from "../service";
import { volumeMount } from "../volume";
import { secrets } from "../tasks/secrets";
import { BIN, applicationContainer, secretsAndTemporary } from "./application-container";
import { djangoEnvironment } from "./django-environment";
import { MEDIA_VOLUME } from "./volumes";

/** Port of runserver in its container. */
const PORT = 8000;

/**
 * runserver with the source mounted, as in the notes: migrates, then serves and reloads.
 *
 * @param memory the share of web, MiB
 */
export function developmentContainer(
  deployment: Deployment,
  definitions: readonly Definition[],
  memory: number,
): ContainerDescription {
  const { local, project, proxy } = deployment;
  return {
    ...applicationContainer(deployment),
    singleton: true,
    hasPublicPort: true,
    command: [`${BIN}/develop`],
    environment: djangoEnvironment(deployment, definitions, project.developmentSettings),
    mounts: [
      ...secretsAndTemporary(deployment),
      { type: "bind", source: project.folder, target: "/app", readOnly: false },
      volumeMount(MEDIA_VOLUME, project.media.root),
    ],
    ports: [{ address: local.address, external: local.developmentPort, internal: PORT }],
    memory: memory + uploadBuffers(proxy.bodySize),
    stopGrace: 10,
    dependsOn: [
      { role: secrets.name, condition: "completed" },
      ...providersOf(definitions).map(({ name }) => ({ role: name, condition: "healthy" }) as const),
    ],
  };
}
