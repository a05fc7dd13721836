import type { Deployment } from "../../config/deployment";
import { uploadBuffers } from "../../config/memory-budget";
import { healthHost } from "../health-host";
import { APPLICATION_USER } from "../image";
import type { Mount } from "../volume";
import type { Service } from "../service";
import { tmpfs, volumeMount } from "../volumes";
import { HARDENED, SECRETS, SOCKETS, TASK } from "./defaults";
import { djangoEnvironment } from "./django-environment";
import { applicationImage } from "./images";

const BIN = "/opt/deployment/bin";

/** Share of `maxRequests` by which workers differ, so that they aren't replaced all at once. */
const JITTER = 0.2;

/** Processes and threads beside gunicorn's workers: checks, shells, and what views start. */
const OTHER_PROCESSES = 256;

/** Least limit of processes and threads, so that common settings don't change it. */
const LEAST_PROCESSES = 512;

/** Seconds that gunicorn has after its own graceful timeout before the engine kills it. */
const STOP_MARGIN = 5;

/** gunicorn and Django. The container takes the traffic itself, when it is healthy (assets/image/bin/health). */
export function webService(deployment: Deployment): Service {
  const { project, proxy, web } = deployment;
  return {
    ...applicationContainer(deployment),
    role: "web",
    kind: "service",
    singleton: false,
    command: [`${BIN}/web`],
    environment: {
      ...djangoEnvironment(deployment),
      WEB_WSGI: project.wsgi,
      WEB_CONCURRENCY: String(web.workers),
      WEB_THREADS: String(web.threads),
      WEB_TIMEOUT: String(web.timeout),
      WEB_GRACEFUL_TIMEOUT: String(web.gracefulTimeout),
      WEB_MAX_REQUESTS: String(web.maxRequests),
      WEB_MAX_REQUESTS_JITTER: String(Math.floor(web.maxRequests * JITTER)),
      WEB_SOAK: String(web.soak),
      WEB_START_TIMEOUT: String(web.startTimeout),
      WEB_HEALTH_PATH: project.healthPath,
      WEB_HEALTH_ANY: project.healthAnyAnswer ? "1" : "0",
      WEB_HEALTH_HOST: healthHost(project.allowedHosts),
    },
    mounts: [
      ...secretsAndTemporary(deployment),
      volumeMount("run", SOCKETS),
      volumeMount("static", project.static.root, true),
      volumeMount("media", project.media.root),
    ],
    memory: web.memory + uploadBuffers(proxy.bodySize),
    stopGrace: web.gracefulTimeout + STOP_MARGIN,
    healthCheck: {
      command: [`${BIN}/health`],
      // Each second: this check moves the traffic.
      interval: 1,
      timeout: 10,
      // The check itself ends gunicorn when gunicorn is dead. An engine kills what is unhealthy, and a check that
      // comes too late on a busy machine is no reason to.
      retries: 60,
      // An hour in which a container that is alone may wait for its database.
      startPeriod: 3600,
    },
    startTimeout: web.startTimeout,
    dependsOn: [{ role: "migrate", condition: "completed" }],
  };
}

/** Migrations and static files of a release, before any of its containers serves. */
export function migrateTask(deployment: Deployment): Service {
  const { project, proxy } = deployment;
  return {
    ...applicationContainer(deployment),
    ...TASK,
    role: "migrate",
    command: [`${BIN}/migrate`],
    environment: djangoEnvironment(deployment),
    mounts: [
      ...secretsAndTemporary(deployment),
      volumeMount("static", project.static.root),
      volumeMount("media", project.media.root),
    ],
    memory: deployment.web.memory + uploadBuffers(proxy.bodySize),
    failure: "The release was stopped before it served.",
    dependsOn: [
      { role: "secrets", condition: "completed" },
      { role: "database", condition: "healthy" },
      { role: "nginx-check", condition: "completed" },
    ],
  };
}

/** runserver with the source mounted, as in the notes: migrates, then serves and reloads. */
export function developmentService(deployment: Deployment): Service {
  const { local, project, web } = deployment;
  return {
    ...applicationContainer(deployment),
    role: "web",
    kind: "service",
    singleton: true,
    command: [`${BIN}/develop`],
    environment: djangoEnvironment(deployment, project.developmentSettings),
    mounts: [
      ...secretsAndTemporary(deployment),
      { type: "bind", source: project.folder, target: "/app", readOnly: false },
      volumeMount("media", project.media.root),
    ],
    ports: [{ address: local.address, external: local.developmentPort, internal: 8000 }],
    memory: web.memory + uploadBuffers(deployment.proxy.bodySize),
    stopGrace: 10,
    dependsOn: [
      { role: "secrets", condition: "completed" },
      { role: "database", condition: "healthy" },
    ],
  };
}

/** What every container of the application's image has. */
function applicationContainer(
  deployment: Deployment,
): Omit<Service, "role" | "kind" | "singleton" | "environment" | "mounts" | "memory" | "stopGrace"> {
  const { web } = deployment;
  const { envFile } = deployment.project;
  return {
    ...HARDENED,
    image: applicationImage(deployment),
    workingDirectory: deployment.project.workingDirectory,
    user: `${APPLICATION_USER}:${APPLICATION_USER}`,
    init: true,
    // Each worker has its threads, its main thread and one to spare; they count as processes do.
    processes: Math.max(LEAST_PROCESSES, web.workers * (web.threads + 2) + OTHER_PROCESSES),
    // The secrets are read at start: other ones need another container.
    revisions: envFile?.hash ? { env: envFile.hash } : {},
  };
}

function secretsAndTemporary({ proxy }: Deployment): Mount[] {
  return [volumeMount("secrets", SECRETS, true), tmpfs("/tmp", uploadBuffers(proxy.bodySize))];
}
