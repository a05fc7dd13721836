import type { Deployment } from "../../config/deployment";
import { uploadBuffers } from "../../config/memory-budget";
import { NGINX_USER } from "../image";
import type { Service } from "../service";
import { tmpfs, volumeMount } from "../volumes";
import { HARDENED, SOCKETS, TASK } from "./defaults";
import { nginxImage } from "./images";

const STATIC = "/srv/static";
const MEDIA = "/srv/media";
const CONFIGURATION = "/etc/nginx/deployment";

/** Port inside the container; below 1024 would need a capability. */
const PORT = 8080;

/** Names of the files under `assets/nginx/` that the configuration is rendered from. */
export const NGINX_FILES = [
  "apply.sh",
  "nginx.conf.template",
  "proxy.conf",
  "headers.conf",
  "denied.conf",
  "50x.html",
] as const;

/** nginx. It outlives releases: its configuration is applied by {@link nginxConfigTask} and reloaded. */
export function nginxService(deployment: Deployment): Service {
  const { local, proxy } = deployment;
  const buffers = uploadBuffers(proxy.bodySize);
  return {
    ...HARDENED,
    role: "nginx",
    kind: "service",
    singleton: true,
    image: nginxImage(deployment),
    // The first configuration is tested in this container's process namespace, so it must run before that.
    entrypoint: [
      "sh",
      "-c",
      `trap exit QUIT; until [ -e ${CONFIGURATION}/current/nginx.conf ]; do sleep 0.2; done; ` +
        `exec nginx -e stderr -c ${CONFIGURATION}/current/nginx.conf -g 'daemon off;'`,
    ],
    environment: {},
    mounts: [
      volumeMount("nginx", CONFIGURATION, true),
      volumeMount("run", SOCKETS),
      volumeMount("static", STATIC, true),
      volumeMount("media", MEDIA, true),
      tmpfs("/tmp", buffers),
      tmpfs("/var/cache/nginx", 16),
    ],
    ports: [{ address: local.address, external: local.port, internal: PORT }],
    user: NGINX_USER,
    memory: proxy.memory + buffers,
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
    dependsOn: [{ role: "secrets", condition: "completed" }],
  };
}

/** Refuses a configuration that nginx would not load, before a release has changed anything. */
export function nginxCheckTask(deployment: Deployment): Service {
  return {
    ...nginxConfiguration(deployment),
    role: "nginx-check",
    entrypoint: ["sh", "/upload/apply.sh", "check"],
    failure: "nginx refuses its configuration; nothing was changed.",
    mounts: [],
  };
}

/** Renders nginx's configuration, tests it, and reloads nginx; a broken one changes nothing and fails. */
export function nginxConfigTask(deployment: Deployment): Service {
  return {
    ...nginxConfiguration(deployment),
    role: "nginx-config",
    entrypoint: ["sh", "/upload/apply.sh", "apply"],
    failure: "nginx did not take its configuration; it still has the one before.",
    mounts: [volumeMount("nginx", CONFIGURATION), volumeMount("run", SOCKETS)],
    processesOf: "nginx",
    // Root owns the configuration, so that nginx can't change it; what concerns nginx is done as its user.
    user: "0:0",
    capabilities: ["SETUID", "SETGID"],
    dependsOn: [
      { role: "nginx", condition: "started" },
      // The new configuration belongs to the new release: it goes live after it.
      { role: "web", condition: "healthy" },
    ],
  };
}

function nginxConfiguration(deployment: Deployment): Omit<Service, "role" | "mounts"> {
  const { project, proxy, web } = deployment;
  return {
    ...HARDENED,
    ...TASK,
    image: nginxImage(deployment),
    environment: {
      NGINX_SERVER_NAMES: project.allowedHosts.join(" "),
      NGINX_PORT: String(PORT),
      NGINX_BODY_SIZE: `${proxy.bodySize}m`,
      NGINX_STATIC_URL: project.static.url,
      NGINX_STATIC_ROOT: STATIC,
      NGINX_MEDIA_URL: project.media.url,
      NGINX_MEDIA_ROOT: MEDIA,
      // Above gunicorn's own limit, so that it is gunicorn that says what happened.
      NGINX_READ_TIMEOUT: String(web.timeout + 5),
      NGINX_RATE: String(proxy.rateLimit),
      NGINX_RATE_BURST: String(proxy.rateLimit * 2),
      NGINX_CONNECTIONS: String(proxy.connectionLimit),
      NGINX_WORKER_PROCESSES: "auto",
      NGINX_WORKER_CONNECTIONS: String(proxy.workerConnections),
    },
    files: NGINX_FILES.map((file) => ({
      target: `/upload/${file}`,
      source: { asset: `nginx/${file}` },
      executable: false,
    })),
    networked: false,
    user: NGINX_USER,
    // The engine refuses to lay files into a read-only container.
    readOnly: false,
  };
}
