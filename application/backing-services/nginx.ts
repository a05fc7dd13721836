import type { Deployment } from "../../config/deployment";
import { HARDENED } from "../container-defaults";
import { type BackingServiceDefinition, memoryOf } from "../registry/definition";
import { MEDIA_VOLUME, RUN_VOLUME, SOCKETS, STATIC_VOLUME } from "../processes/volumes";
import type { ContainerDescription, PublishedPort } from "../service";
import { secrets } from "../tasks/secrets";
import { tmpfs, volumeMount } from "../volume";

/** nginx's user in the official image; its group is the application's, for the socket. */
export const NGINX_USER = "101:10001";

/** Where nginx has Django's static files. */
export const STATIC = "/srv/static";

/** Where nginx has the users' uploads. */
export const MEDIA = "/srv/media";

/** Port inside the container; below 1024 would need a capability. */
export const PORT = 8080;

/** Port inside the container for https. Nothing listens there yet: whoever asks is refused. */
const HTTPS_PORT = 8443;

/**
 * Where request bodies lie until the application takes them. A volume that nginx has anyway: no size of a body is in the
 * container. nginx removes the name of each file as it makes it, so that nothing is left there, whatever ends nginx.
 */
export const BODIES = `${SOCKETS}/bodies`;

/** MiB of `/tmp`, for parts of answers that wait for slow clients. Memory; the same in every deployment. */
const TEMPORARY = 80;

/** The volume with nginx's rendered configuration, and where it is mounted. */
export const CONFIGURATION = { volume: "nginx", folder: "/etc/nginx/deployment" } as const;

/** MiB that are enough for nginx on a small machine. */
const LEAST = 64;

/** MiB of a machine from which nginx gets twice the least: more connections come with a larger machine. */
const ROOMY = 2048;

/**
 * nginx. It outlives releases: its configuration is applied by the task `nginx-config` and reloaded.
 *
 * A port closes while its container is replaced. So nothing is in the container that a deployment may change, but the
 * version, the memory and, on this computer, the port: whatever else there is to say belongs into the configuration.
 */
export const nginx: BackingServiceDefinition = {
  name: "nginx",
  kind: "backing-service",
  profiles: ["production"],
  stack: "local",
  release: "after",
  servesRequests: true,
  assets: ["nginx"],
  image: ({ proxy: { image } }) => ({
    kind: "base",
    base: "nginx",
    reference: `nginx:${image.version}`,
    version: image,
  }),
  // Made again by each release.
  volumes: [{ role: CONFIGURATION.volume }],
  memory: {
    copies: 1,
    least: LEAST,
    // By the machine alone, and not by what the other containers leave: their settings may change.
    of: (_free, machine) => (machine >= ROOMY ? 2 * LEAST : LEAST),
    beside: TEMPORARY,
    wish: ({ proxy }) => proxy.memory,
  },
  container: nginxContainer,
};

function nginxContainer(deployment: Deployment): ContainerDescription {
  return {
    ...HARDENED,
    singleton: true,
    // The first configuration is tested in this container's process namespace, so it must run before that.
    entrypoint: [
      "sh",
      "-c",
      `trap exit QUIT; until [ -e ${CONFIGURATION.folder}/current/nginx.conf ]; do sleep 0.2; done; ` +
        `exec nginx -e stderr -c ${CONFIGURATION.folder}/current/nginx.conf -g 'daemon off;'`,
    ],
    environment: {},
    mounts: [
      volumeMount(CONFIGURATION.volume, CONFIGURATION.folder, true),
      volumeMount(RUN_VOLUME, SOCKETS),
      volumeMount(STATIC_VOLUME, STATIC, true),
      volumeMount(MEDIA_VOLUME, MEDIA, true),
      tmpfs("/tmp", TEMPORARY),
      tmpfs("/var/cache/nginx", 16),
    ],
    hasPublicPort: true,
    ports: portsOf(deployment),
    user: NGINX_USER,
    memory: memoryOf(deployment, nginx) + TEMPORARY,
    processes: 64,
    // nginx's own word for "finish what you have begun"; at SIGTERM it drops it.
    stopSignal: "SIGQUIT",
    stopGrace: 30,
    healthCheck: {
      command: ["curl", "-fsS", "-o", "/dev/null", "http://127.0.0.1:8081/.nginx-health"],
      interval: 5,
      timeout: 5,
      retries: 3,
      startPeriod: 60,
    },
    dependsOn: [{ role: secrets.name, condition: "completed" }],
  };
}

/** On a host https is published from the beginning: a port that came later would need another container. */
function portsOf({ local: { address, port, httpsPort } }: Deployment): PublishedPort[] {
  const http = { address, external: port, internal: PORT };
  return httpsPort === undefined ? [http] : [http, { address, external: httpsPort, internal: HTTPS_PORT }];
}
