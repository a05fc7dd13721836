import type { Deployment, Process } from "../../config/deployment";
import { type Definition, type ProcessDefinition, providersOf } from "../registry/definition";
import type { ContainerDescription } from "../service";
import { secrets } from "../tasks/secrets";
import { type Mount, tmpfs, volumeMount } from "../volume";
import { BIN, applicationContainer, secretsMount } from "./application-container";
import { applicationImage } from "./application-image";
import { djangoEnvironment } from "./django-environment";
import { MEDIA_VOLUME, STATIC_VOLUME } from "./volumes";

/** Seconds between two looks at a container's age: the end of its soak is noticed no later. */
const CHECK_INTERVAL = 5;

/** Share of a container's memory that `/tmp` may take. */
const TEMPORARY_SHARE = 0.25;

/** A process of `deployment.ts`: a command on the application's image, without port and traffic. */
export function workerProcess(process: Process): ProcessDefinition {
  const { name, memory, count, singleton } = process;
  return {
    name,
    kind: "process",
    configured: true,
    stack: "local",
    judge: "soaked",
    image: applicationImage,
    // What may overlap does so with each release.
    memory: { copies: singleton ? 1 : 2 * count, least: memory, of: () => memory, fixed: true },
    container: (deployment, { definitions }) =>
      deployment.local.profile === "development"
        ? developmentContainer(process, deployment, definitions)
        : productionContainer(process, deployment, definitions),
  };
}

function productionContainer(
  process: Process,
  deployment: Deployment,
  definitions: readonly Definition[],
): ContainerDescription {
  const { project } = deployment;
  return {
    ...commonContainer(process, deployment),
    singleton: process.singleton,
    copies: process.count,
    command: process.command,
    environment: djangoEnvironment(deployment, definitions),
    mounts: [
      ...secretsAndMemory(process),
      // Templates of mails name static files, too.
      volumeMount(STATIC_VOLUME, project.static.root, true),
      volumeMount(MEDIA_VOLUME, project.media.root),
    ],
  };
}

/** The source is mounted, and what runs is replaced by a container of the same name: there are no releases. */
function developmentContainer(
  process: Process,
  deployment: Deployment,
  definitions: readonly Definition[],
): ContainerDescription {
  const { project } = deployment;
  return {
    ...commonContainer(process, deployment),
    singleton: true,
    copies: 1,
    command: [`${BIN}/develop-process`, ...process.command],
    environment: djangoEnvironment(deployment, definitions, project.developmentSettings),
    mounts: [
      ...secretsAndMemory(process),
      { type: "bind", source: project.folder, target: "/app", readOnly: false },
      volumeMount(MEDIA_VOLUME, project.media.root),
    ],
    dependsOn: [
      { role: secrets.name, condition: "completed" },
      ...providersOf(definitions).map(({ name }) => ({ role: name, condition: "healthy" }) as const),
    ],
  };
}

/** What is the same in both profiles. */
function commonContainer(
  { memory, stopGrace }: Process,
  deployment: Deployment,
): Omit<ContainerDescription, "singleton" | "environment" | "mounts"> {
  const { soak, startTimeout } = deployment.web;
  return {
    ...applicationContainer(deployment),
    memory,
    stopGrace,
    healthCheck: {
      command: [`${BIN}/stayed-up`, String(soak)],
      interval: Math.min(soak, CHECK_INTERVAL),
      timeout: 10,
      // An engine kills what is unhealthy, and a check that comes too late on a busy machine is no reason to.
      retries: 60,
      startPeriod: startTimeout,
    },
    startTimeout,
  };
}

function secretsAndMemory({ memory }: Process): Mount[] {
  return [secretsMount(), tmpfs("/tmp", Math.floor(memory * TEMPORARY_SHARE))];
}
