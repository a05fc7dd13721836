import type { Image } from "./image";
import type { Mount } from "./volume";

/** What a container is for. Its label, and the key by which the renderings are compared. */
export type Role =
  "holder" | "secrets" | "database" | "nginx" | "nginx-check" | "migrate" | "web" | "nginx-config";

/** Roles of containers that run once and must end well, in any profile. */
export const TASKS: readonly Role[] = ["secrets", "nginx-check", "migrate", "nginx-config"];

/** When a service may start: what must have happened to another one. */
export interface Dependency {
  readonly role: Role;
  /** `completed`: a task that ended well. `healthy`: its health check has passed. */
  readonly condition: "started" | "healthy" | "completed";
}

/** How the engine asks a container whether it works; times in seconds. */
export interface HealthCheck {
  /** Command and arguments, run without a shell. */
  readonly command: readonly string[];
  readonly interval: number;
  readonly timeout: number;
  readonly retries: number;
  readonly startPeriod: number;
}

/** A file that is laid into the container before it starts. */
export interface UploadedFile {
  /** Path in the container. */
  readonly target: string;
  /**
   * Where it comes from: a file of ours, relative to `assets/`, or the user's own file, absolute. A user's file
   * may be secret: only its path and hash are rendered.
   */
  readonly source: { readonly asset: string } | { readonly path: string; readonly hash: string };
  readonly executable: boolean;
}

/** A port on the machine that leads to one in the container. */
export interface PublishedPort {
  readonly address: string;
  readonly external: number;
  readonly internal: number;
}

/** One kind of container of the application. */
export interface Service {
  readonly role: Role;
  /**
   * `service` runs until it is stopped and is restarted by the engine. `task` runs once and must end well
   * before what depends on it starts.
   */
  readonly kind: "service" | "task";
  /** The name is fixed: at most one such container exists. Without, releases overlap. */
  readonly singleton: boolean;
  readonly image: Image;
  /** Replaces the image's entrypoint. */
  readonly entrypoint?: readonly string[];
  readonly command?: readonly string[];
  /** @default the image's */
  readonly workingDirectory?: string;
  /** No secret is in it: secrets are files. */
  readonly environment: Readonly<Record<string, string>>;
  readonly mounts: readonly Mount[];
  readonly files: readonly UploadedFile[];
  readonly ports: readonly PublishedPort[];
  /** Member of the application's network; without, it has none at all. */
  readonly networked: boolean;
  /** Shares the process namespace of another service, to signal it. */
  readonly processesOf?: Role;
  /** `uid:gid`, by number so that it is the same in every image. */
  readonly user: string;
  /** Linux capabilities that are left, without `CAP_`. */
  readonly capabilities: readonly string[];
  readonly readOnly: boolean;
  /** Most memory, MiB. */
  readonly memory: number;
  /**
   * A small first process starts the program, passes signals on and takes in orphans. With it the program can be
   * ended from inside, and the container then ends too.
   *
   * @default false
   */
  readonly init?: boolean;
  /** Most processes and threads. */
  readonly processes: number;
  /** Signal that asks it to stop. @default the image's, else SIGTERM */
  readonly stopSignal?: string;
  /** Seconds between that signal and SIGKILL. */
  readonly stopGrace: number;
  readonly healthCheck?: HealthCheck;
  /** Seconds in which it must become healthy; without, nothing waits for it. */
  readonly startTimeout?: number;
  /** What it means when a task fails, and that nothing is lost: the first sentence of the error. */
  readonly failure?: string;
  readonly dependsOn: readonly Dependency[];
  /** What else makes a new container necessary, when it changes: name → hash. */
  readonly revisions: Readonly<Record<string, string>>;
}
