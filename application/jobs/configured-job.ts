import type { Job } from "../../config/deployment";
import { applicationContainer } from "../processes/application-container";
import { applicationImage } from "../processes/application-image";
import { besideWeb } from "../processes/beside-web";
import { type JobDefinition, providersOf } from "../registry/definition";
import { secrets } from "../tasks/secrets";

/** Seconds between SIGTERM and SIGKILL for a job whose time is over. */
const GRACE = 30;

/**
 * Where Python finds the image's own modules, and first of all the module that gives a connection to MariaDB all the time
 * it takes (assets/image/unlimited).
 */
const PYTHON_PATH = "/opt/deployment/unlimited:/opt/deployment/python";

/** A job of `deployment.ts`: a command on the application's image that runs to its end. */
export function configuredJob(job: Job): JobDefinition {
  const { name, memory, schedule, timeLimit, command } = job;
  return {
    name,
    kind: "job",
    configured: true,
    stack: "local",
    schedule,
    timeLimit,
    image: applicationImage,
    memory: { copies: 1, least: memory, of: () => memory, fixed: true },
    container: (deployment, { definitions }) => {
      const beside = besideWeb(deployment, definitions, memory);
      return {
        ...applicationContainer(deployment),
        ...beside,
        // A job has a time limit of its own. A PYTHONPATH of `deployment.ts` wins.
        environment: { PYTHONPATH: PYTHON_PATH, ...beside.environment },
        singleton: true,
        // Its time is kept in its own container: whoever has started it may be gone.
        command: ["timeout", `--kill-after=${GRACE}`, String(timeLimit), ...command],
        memory,
        stopGrace: GRACE,
        dependsOn: [
          { role: secrets.name, condition: "completed" },
          ...providersOf(definitions).map(({ name: role }) => ({ role, condition: "healthy" }) as const),
        ],
      };
    },
  };
}
