import type { Schedule } from "../config/grammar/schedule";
import type { Image } from "./image";
import type { Mount } from "./volume";

/** The Terraform stacks on the local engine, in the order in which they are applied. */
export const LOCAL_STACKS = ["local-data", "local-database", "local"] as const;
export type LocalStackId = (typeof LOCAL_STACKS)[number];

/** When a service may start: what must have happened to another one. */
export interface Dependency {
  /** Name of its definition. */
  readonly role: string;
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

/**
 * What a container is. `process`: a command on the application's own image. `backing-service`: another image. Both run
 * until they are stopped, and the engine starts them again when they end. `task`: it runs once in a release and must end
 * well before what depends on it starts. `job`: it runs to its end at its times or by hand, and no release waits for it.
 */
export type Kind = "process" | "backing-service" | "task" | "job";

/** Kinds that run until they are stopped. */
export type LastingKind = Exclude<Kind, "task" | "job">;

/** Whether it runs until it is stopped. */
export function isLasting<Of extends { readonly kind: Kind }>(
  one: Of,
): one is Of & { readonly kind: LastingKind } {
  return one.kind === "process" || one.kind === "backing-service";
}

/**
 * When something comes in a release: before any service starts, before the release's processes start, not before those
 * serve.
 */
export type ReleasePosition = "first" | "before" | "after";

/**
 * What makes a service good in a release. `started`: it runs. `healthy`: its health check passes. `soaked`: its health
 * check passes, and does so only when it has served for its soak. On a host, a process must stay so for a soak in any case.
 */
export type Judge = "started" | "healthy" | "soaked";

/** What our commands need to know of a container; the same in every profile. */
export interface Traits {
  readonly kind: Kind;
  /** The Terraform stack that holds it. */
  readonly stack: LocalStackId;
  /**
   * Of a task: when it runs in a release. Of a backing service: when a host's release makes a new or changed one.
   *
   * @default of a backing service `before`: `migrate` and the processes find it as the release wants it
   */
  readonly release?: ReleasePosition;
  /** Of a process or a job: `deployment.ts` names it. Its containers carry a label that says so. @default false */
  readonly configured?: boolean;
  /** Of a job: when a host runs it. @default only when somebody asks for it */
  readonly schedule?: Schedule;
  /** Of a task: seconds that it may take in a host's release. Of a job: seconds that a run may take. @default 600 */
  readonly timeLimit?: number;
  /**
   * Of a task: it changes the database's schema, and half of the change can't be taken back. Whoever stops a host's
   * release waits for its end. On the way back to an earlier release it is left out: the schema is there.
   *
   * @default false
   */
  readonly changesSchema?: boolean;
  /** What a release waits for. @default `started`; a task must end well */
  readonly judge?: Judge;
  /** Every visitor's request passes through it. @default false */
  readonly servesRequests?: boolean;
  /**
   * It keeps the volumes in use: it stays when all else goes down, and a host starts it before Swarm's first service.
   *
   * @default false
   */
  readonly keepsVolumes?: boolean;
  /**
   * It keeps the secrets with which it was started, and a host replaces it only when it is started otherwise: another
   * secret alone would restart it.
   *
   * @default false
   */
  readonly keepsSecrets?: boolean;
  /** Visitors wait while it is exchanged (`assets/nginx/hold.sh`), instead of meeting an error. @default false */
  readonly visitorsWait?: boolean;
}

/** Whether visitors come to the application through a container: its ports close while the container is replaced. */
export function isProxy({ kind, servesRequests }: Pick<Traits, "kind" | "servesRequests">): boolean {
  return kind === "backing-service" && servesRequests === true;
}

/** One container of the application: plain data, from which each rendering is made. */
export interface Service extends Traits, ContainerDescription {
  /** Name of its definition. Its label, and the key by which the renderings are compared. */
  readonly role: string;
  readonly image: Image;
}

/** How a container runs. */
export interface ContainerDescription {
  /** The name is fixed: at most one such container exists. Without, releases overlap. */
  readonly singleton: boolean;
  /** Containers of it that run side by side; several have no fixed name. @default one, without an index in Terraform */
  readonly copies?: number;
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
  /** Name of a service whose process namespace it shares, to signal it. */
  readonly processesOf?: string;
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
  /** Its first port is the one at which a browser finds the application. @default false */
  readonly hasPublicPort?: boolean;
  /** What else makes a new container necessary, when it changes: name → hash. */
  readonly revisions: Readonly<Record<string, string>>;
}
