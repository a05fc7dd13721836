import type { Deployment } from "../../config/deployment";
import { uploadBuffers } from "../../config/memory-budget";
import { type ProcessDefinition, memoryOf } from "../registry/definition";
import { healthHost } from "../health-host";
import type { ContainerDescription } from "../service";
import { volumeMount } from "../volume";
import { BIN, applicationContainer, secretsAndTemporary } from "./application-container";
import { applicationImage } from "./application-image";
import { developmentContainer } from "./development";
import { djangoEnvironment } from "./django-environment";
import { MEDIA_VOLUME, RUN_VOLUME, SOCKETS, STATIC_VOLUME } from "./volumes";

/** Share of `maxRequests` by which workers differ, so that they aren't replaced all at once. */
const JITTER = 0.2;

/** Seconds that gunicorn has after its own graceful timeout before the engine kills it. */
const STOP_MARGIN = 5;

/** gunicorn and Django. The container takes the traffic itself, when it is healthy (assets/image/bin/health). */
export const web: ProcessDefinition = {
  name: "web",
  kind: "process",
  stack: "local",
  judge: "soaked",
  servesRequests: true,
  assets: ["image"],
  image: applicationImage,
  volumes: [
    { role: MEDIA_VOLUME, data: "uploaded files" },
    // Without the manifests and hashed files of the releases, pages that are open in browsers lose their styles.
    { role: STATIC_VOLUME, data: "static files of this and earlier releases" },
    // Whoever makes a file there makes it for the group.
    { role: RUN_VOLUME, data: "the hand-over's record of which release serves", mode: "2770" },
  ],
  secrets: [
    {
      name: "django_secret_key",
      readers: "processes",
      variable: "SECRET_KEY",
      givenAs: ["SECRET_KEY", "DJANGO_SECRET_KEY"],
      consequence: "everybody has to log in again, and links to reset a password no longer work",
    },
    { name: "env", readers: "processes", isEnvFile: true },
  ],
  secretVariables: ({ secretKeyVariable }) => ({ SECRET_KEY: secretKeyVariable }),
  // Two run while a release takes over.
  memory: { copies: 2, least: 128, holdsUploads: true, wish: ({ web }) => web.memory },
  container: (deployment, { definitions }) =>
    deployment.local.profile === "development"
      ? developmentContainer(deployment, definitions, memoryOf(deployment, web))
      : productionContainer(deployment, djangoEnvironment(deployment, definitions)),
};

function productionContainer(
  deployment: Deployment,
  environment: Readonly<Record<string, string>>,
): ContainerDescription {
  const { project, proxy, web: settings } = deployment;
  return {
    ...applicationContainer(deployment),
    singleton: false,
    command: [`${BIN}/web`],
    environment: {
      ...environment,
      WEB_WSGI: project.wsgi,
      WEB_CONCURRENCY: String(settings.workers),
      WEB_THREADS: String(settings.threads),
      WEB_TIMEOUT: String(settings.timeout),
      WEB_GRACEFUL_TIMEOUT: String(settings.gracefulTimeout),
      WEB_MAX_REQUESTS: String(settings.maxRequests),
      WEB_MAX_REQUESTS_JITTER: String(Math.floor(settings.maxRequests * JITTER)),
      WEB_SOAK: String(settings.soak),
      WEB_START_TIMEOUT: String(settings.startTimeout),
      WEB_HEALTH_PATH: project.healthPath,
      WEB_HEALTH_ANY: project.healthAnyAnswer ? "1" : "0",
      WEB_HEALTH_HOST: healthHost(project.allowedHosts),
    },
    mounts: [
      ...secretsAndTemporary(deployment),
      volumeMount(RUN_VOLUME, SOCKETS),
      volumeMount(STATIC_VOLUME, project.static.root, true),
      volumeMount(MEDIA_VOLUME, project.media.root),
    ],
    memory: memoryOf(deployment, web) + uploadBuffers(proxy.bodySize),
    stopGrace: settings.gracefulTimeout + STOP_MARGIN,
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
    startTimeout: settings.startTimeout,
  };
}
