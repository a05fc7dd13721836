import type { Deployment, Process } from "../../config/deployment";
import { type Definition, type ProcessDefinition, providersOf } from "../registry/definition";
import type { ContainerDescription } from "../service";
import { secrets } from "../tasks/secrets";
import { BIN, applicationContainer } from "./application-container";
import { applicationImage } from "./application-image";
import { besideWeb } from "./beside-web";

/** Seconds between two looks at a container's age: the end of its soak is noticed no later. */
const CHECK_INTERVAL = 5;

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
  return {
    ...commonContainer(process, deployment, definitions),
    singleton: process.singleton,
    copies: process.count,
    command: process.command,
  };
}

/** The source is mounted, and what runs is replaced by a container of the same name: there are no releases. */
function developmentContainer(
  process: Process,
  deployment: Deployment,
  definitions: readonly Definition[],
): ContainerDescription {
  return {
    ...commonContainer(process, deployment, definitions),
    singleton: true,
    copies: 1,
    command: [`${BIN}/develop-process`, ...process.command],
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
  definitions: readonly Definition[],
): Omit<ContainerDescription, "singleton"> {
  const { soak, startTimeout } = deployment.web;
  return {
    ...applicationContainer(deployment),
    ...besideWeb(deployment, definitions, memory),
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
