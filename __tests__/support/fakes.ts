import {
  type BackingServiceDefinition,
  type JobDefinition,
  type ProcessDefinition,
  type TaskDefinition,
  memoryOf,
} from "../../application/registry/definition";
import { HARDENED, SMALL_TASK } from "../../application/container-defaults";
import { applicationContainer } from "../../application/processes/application-container";
import { applicationImage } from "../../application/processes/application-image";
import { djangoEnvironment } from "../../application/processes/django-environment";
import { SECRETS_FOLDER, SECRETS_VOLUME, secrets } from "../../application/tasks/secrets";
import { migrate } from "../../application/tasks/migrate";
import { volumeMount } from "../../application/volume";
import { type Schedule, isSchedule, readSchedule } from "../../config/grammar/schedule";

/*
 * Definitions that the program doesn't have, one object each: what the registry promises is shown on them.
 */

/** A backing service with data, a secret and an address. */
export const cache: BackingServiceDefinition = {
  name: "cache",
  kind: "backing-service",
  stack: "local-database",
  judge: "healthy",
  assets: ["local"],
  image: () => ({
    kind: "base",
    base: "valkey",
    reference: "valkey/valkey:8.1",
    version: { version: "8.1", pinned: true },
  }),
  volumes: [{ role: "cachedata", data: "the cache" }],
  secrets: [{ name: "cache_password", readers: "all", variable: "CACHE_PASSWORD" }],
  memory: { copies: 1, least: 32, of: () => 64 },
  provides: {
    environment: ({ name }) => ({
      CACHE_URL: `redis://${name}-cache:6379/0`,
      CACHE_PASSWORD_FILE: `${SECRETS_FOLDER}/cache_password`,
    }),
  },
  container: (deployment) => ({
    ...HARDENED,
    singleton: true,
    environment: {},
    mounts: [volumeMount("cachedata", "/data"), volumeMount(SECRETS_VOLUME, SECRETS_FOLDER, true)],
    user: "999:999",
    memory: memoryOf(deployment, cache),
    processes: 64,
    stopGrace: 10,
    healthCheck: { command: ["valkey-cli", "ping"], interval: 2, timeout: 5, retries: 5, startPeriod: 60 },
    startTimeout: 60,
    dependsOn: [{ role: secrets.name, condition: "completed" }],
  }),
};

/** A job of each morning. */
export const tidy: JobDefinition = {
  name: "tidy",
  kind: "job",
  profiles: ["production"],
  stack: "local",
  schedule: read("15 4 * * *"),
  timeLimit: 300,
  image: applicationImage,
  memory: { copies: 1, least: 64, of: () => 64 },
  container: (deployment, { definitions }) => ({
    ...applicationContainer(deployment),
    singleton: true,
    command: ["timeout", "--kill-after=10", "300", "python3", "manage.py", "tidy"],
    environment: djangoEnvironment(deployment, definitions),
    mounts: [volumeMount(SECRETS_VOLUME, SECRETS_FOLDER, true)],
    memory: memoryOf(deployment, tidy),
    stopGrace: 10,
  }),
};

function read(text: string): Schedule {
  const schedule = readSchedule(text);
  if (!isSchedule(schedule)) throw new Error(schedule.wrong);
  return schedule;
}

/** A process beside web. */
export const worker: ProcessDefinition = {
  name: "worker",
  kind: "process",
  profiles: ["production"],
  stack: "local",
  image: applicationImage,
  memory: { copies: 2, least: 64, of: () => 96 },
  container: (deployment, { definitions }) => ({
    ...applicationContainer(deployment),
    singleton: false,
    command: ["celery", "--app", "config", "worker"],
    environment: djangoEnvironment(deployment, definitions),
    mounts: [volumeMount(SECRETS_VOLUME, SECRETS_FOLDER, true)],
    memory: memoryOf(deployment, worker),
    stopGrace: 60,
  }),
};

/** A process of which two never run at once. */
export const beat: ProcessDefinition = {
  ...worker,
  name: "beat",
  // Its container names it.
  memory: undefined,
  container: (deployment, { definitions }) => ({
    ...applicationContainer(deployment),
    singleton: true,
    command: ["celery", "--app", "config", "beat"],
    environment: djangoEnvironment(deployment, definitions),
    mounts: [volumeMount(SECRETS_VOLUME, SECRETS_FOLDER, true)],
    memory: 64,
    stopGrace: 5,
  }),
};

/** A task between the migrations and the processes. */
export const warm: TaskDefinition = {
  name: "warm",
  kind: "task",
  profiles: ["production"],
  stack: "local",
  release: "before",
  image: applicationImage,
  container: (deployment, { definitions }) => ({
    ...applicationContainer(deployment),
    ...SMALL_TASK,
    command: ["python3", "manage.py", "warm"],
    environment: djangoEnvironment(deployment, definitions),
    mounts: [],
    failure: "The cache could not be filled; nothing was changed.",
    dependsOn: [{ role: migrate.name, condition: "completed" }],
  }),
};
