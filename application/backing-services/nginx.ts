import type { Deployment } from "../../config/deployment";
import { uploadBuffers } from "../../config/memory-budget";
import { HARDENED } from "../container-defaults";
import { type BackingServiceDefinition, memoryOf } from "../registry/definition";
import { MEDIA_VOLUME, RUN_VOLUME, SOCKETS, STATIC_VOLUME } from "../processes/volumes";
import type { ContainerDescription } from "../service";
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

/** The volume with nginx's rendered configuration, and where it is mounted. */
export const CONFIGURATION = { volume: "nginx", folder: "/etc/nginx/deployment" } as const;

/** MiB that are enough for nginx on a small machine. */
const LEAST = 64;

/** MiB from which nginx gets twice the least: more connections come with a larger machine. */
const ROOMY = 1536;

/** nginx. It outlives releases: its configuration is applied by the task `nginx-config` and reloaded. */
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
    of: (free) => (free > ROOMY ? 2 * LEAST : LEAST),
    holdsUploads: true,
    wish: ({ proxy }) => proxy.memory,
  },
  container: nginxContainer,
};

function nginxContainer(deployment: Deployment): ContainerDescription {
  const { local, proxy } = deployment;
  const buffers = uploadBuffers(proxy.bodySize);
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
      tmpfs("/tmp", buffers),
      tmpfs("/var/cache/nginx", 16),
    ],
    entrance: true,
    ports: [{ address: local.address, external: local.port, internal: PORT }],
    user: NGINX_USER,
    memory: memoryOf(deployment, nginx) + buffers,
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
