import { BODIES, MEDIA, NGINX_USER, PORT, STATIC } from "../backing-services/nginx";
import { HARDENED, SMALL_TASK } from "../container-defaults";
import type { Deployment } from "../../config/deployment";
import type { ContainerDescription } from "../service";

/** Names of the files under `assets/nginx/` that the configuration is rendered from. */
export const NGINX_FILES = [
  "apply.sh",
  "nginx.conf.template",
  "proxy.conf",
  "headers.conf",
  "denied.conf",
  "types.conf",
  "50x.html",
] as const;

/** MiB of disk that request bodies may take before the application reads them: a tenth of a host's usual data volume. */
const ROOM_FOR_BODIES = 2048;

/** Bodies below 2 MB that are taken in at once; `nginx.conf.template` tells them from larger ones. [MiB] */
const SMALL_BODIES = { atOnce: 256, size: 2 } as const;

/** Bodies of the largest size that are taken in at once in any case. */
const LEAST_BODIES = 4;

/**
 * Bodies of 2 MB and more that nginx takes in at once. All bodies together fit the room, and no file system has to keep
 * a quota.
 */
export function bodiesAtOnce(bodySize: number): number {
  const room = ROOM_FOR_BODIES - SMALL_BODIES.atOnce * SMALL_BODIES.size;
  return Math.max(LEAST_BODIES, Math.floor(room / bodySize));
}

/** Django's own LOGIN_URL. */
const LOGIN_URL = "/accounts/login/";

/** A regular expression of the paths, with or without a slash at their ends. */
function loginPattern(paths: readonly string[]): string {
  return [...new Set([LOGIN_URL, ...paths])]
    .map((path) => path.replace(/\/$/, "").replaceAll(".", "\\."))
    .join("|");
}

/** What the tasks on nginx's configuration have in common: the files that it is rendered from, and the values in it. */
export function nginxConfiguration(deployment: Deployment): Omit<ContainerDescription, "mounts"> {
  const { project, proxy, web } = deployment;
  return {
    ...HARDENED,
    ...SMALL_TASK,
    environment: {
      NGINX_SERVER_NAMES: project.allowedHosts.join(" "),
      NGINX_PORT: String(PORT),
      NGINX_BODY_SIZE: `${proxy.bodySize}m`,
      NGINX_BODIES: BODIES,
      NGINX_BODIES_AT_ONCE: String(bodiesAtOnce(proxy.bodySize)),
      NGINX_SMALL_BODIES_AT_ONCE: String(SMALL_BODIES.atOnce),
      NGINX_STATIC_URL: project.static.url,
      NGINX_STATIC_ROOT: STATIC,
      NGINX_MEDIA_URL: project.media.url,
      NGINX_MEDIA_ROOT: MEDIA,
      // Above gunicorn's own limit, so that it is gunicorn that says what happened.
      NGINX_READ_TIMEOUT: String(web.timeout + 5),
      NGINX_RATE: String(proxy.rateLimit),
      NGINX_RATE_BURST: String(proxy.rateLimit * 2),
      NGINX_LOGIN_RATE: String(proxy.loginRateLimit),
      NGINX_LOGIN_PATHS: loginPattern(proxy.loginPaths),
      NGINX_CONNECTIONS: String(proxy.connectionLimit),
      NGINX_TRUSTED: proxy.trusted.join(" "),
      NGINX_STATIC_LOG: proxy.staticLog ? "1" : "0",
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
