import { LABEL } from "../../application/application";
import { loggingEntry } from "../../application/renderings/compose-values";
import { processThatServes, rolesThat } from "../../application/registry/queries";
import type { Kind } from "../../application/service";

/** A container of the deployment, as the engine has it now. */
export interface Container {
  readonly id: string;
  readonly name: string;
  /** The deployment that it belongs to; empty when it is none of ours. */
  readonly application: string;
  /** What it is for; empty when it has no such label. */
  readonly role: string;
  readonly status: "created" | "running" | "paused" | "restarting" | "removing" | "exited" | "dead";
  /** Absent when it has no health check. */
  readonly health?: "starting" | "healthy" | "unhealthy";
  /** What its last health check said. */
  readonly healthOutput?: string;
  /** Why its last five health checks have all refused the release that it is of (assets/image/lib/refusal.sh). */
  readonly refusal?: string;
  readonly exitCode: number;
  /** The engine starts it again when it ends; a task runs once. */
  readonly service: boolean;
  /** Most processes and threads; undefined without a limit. */
  readonly processes?: number;
  /** How often the engine has started it again after it ended. */
  readonly restarts: number;
  /** Name of its image. */
  readonly image: string;
  readonly imageId: string;
  /** Name of the host as seen from inside: the first half of its socket's name ends in it. */
  readonly hostname: string;
  readonly createdAt: string;
  readonly startedAt: string;
  /** Ports on this machine that lead to it. */
  readonly ports: readonly number[];
  readonly labels: Readonly<Record<string, string>>;
  /** Volumes that it mounts, by name, and where. */
  readonly volumes: readonly { readonly name: string; readonly target: string }[];
}

/** Whether it runs and is of the process that answers visitors. During a release two are. */
export function mayServe({ role, status }: { readonly role: string; readonly status: string }): boolean {
  return role === processThatServes() && status === "running";
}

/** Those of the containers that were not there earlier. */
export function madeSince(earlier: readonly Container[], containers: readonly Container[]): Container[] {
  const known = new Set(earlier.map(({ id }) => id));
  return containers.filter(({ id }) => !known.has(id));
}

/** Whether it is one of a process: of ours, or of one that `deployment.ts` names or has named. */
export function isProcess({ role, labels }: Pick<Container, "role" | "labels">): boolean {
  return rolesThat(({ kind }) => kind === "process").includes(role) || isConfigured({ labels });
}

/** Whether it is one of a process that `deployment.ts` names or has named. */
export function isConfigured({ labels }: Pick<Container, "labels">): boolean {
  return labels[LABEL.kind] === ("process" satisfies Kind);
}

/** Whether it is a run of a job, of ours or of `deployment.ts`. No state knows it, and no release waits for it. */
export function isJob({ labels }: Pick<Container, "labels">): boolean {
  return labels[LABEL.kind] === ("job" satisfies Kind);
}

interface RawContainer {
  readonly Id: string;
  readonly Name: string;
  readonly Created: string;
  readonly Image: string;
  readonly RestartCount: number;
  readonly State: {
    readonly Status: Container["status"];
    readonly ExitCode: number;
    readonly StartedAt: string;
    readonly Health?: {
      readonly Status: string;
      readonly Log?: readonly { readonly Output: string }[] | null;
    };
  };
  readonly Config: {
    readonly Hostname: string;
    readonly Image: string;
    readonly Labels: Readonly<Record<string, string>> | null;
  };
  readonly Mounts?: readonly {
    readonly Type: string;
    readonly Name?: string;
    readonly Destination: string;
  }[];
  readonly HostConfig: {
    readonly CapDrop?: readonly string[] | null;
    readonly SecurityOpt?: readonly string[] | null;
    readonly PidsLimit?: number | null;
    readonly LogConfig?: { readonly Config?: Readonly<Record<string, string>> | null };
    readonly RestartPolicy: { readonly Name: string };
    readonly PortBindings: Readonly<Record<string, readonly { readonly HostPort: string }[] | null>> | null;
  };
}

/** How many health checks the engine remembers, and how many in a row must refuse a release. */
const CHECKS = 5;

function refusalOf(log: readonly { readonly Output: string }[]): string | undefined {
  const reasons = log.slice(-CHECKS).map(({ Output }) => /\brefused: (.*)/.exec(Output)?.[1]);
  return reasons.length < CHECKS || reasons.includes(undefined) ? undefined : reasons.at(-1);
}

/** @param json what `docker inspect` prints */
export function parseContainers(json: string): Container[] {
  return (JSON.parse(json) as RawContainer[]).map((raw) => {
    const health = raw.State.Health?.Status;
    const labels = raw.Config.Labels ?? {};
    return {
      id: raw.Id,
      name: raw.Name.replace(/^\//, ""),
      application: isOurs(raw) ? (labels[LABEL.name] ?? "") : "",
      role: labels[LABEL.role] ?? "",
      status: raw.State.Status,
      health: health === "starting" || health === "healthy" || health === "unhealthy" ? health : undefined,
      healthOutput: raw.State.Health?.Log?.at(-1)?.Output.trim(),
      refusal: refusalOf(raw.State.Health?.Log ?? []),
      exitCode: raw.State.ExitCode,
      service: !["", "no"].includes(raw.HostConfig.RestartPolicy.Name),
      processes: limitOf(raw.HostConfig.PidsLimit),
      restarts: raw.RestartCount,
      image: raw.Config.Image,
      imageId: raw.Image,
      hostname: raw.Config.Hostname,
      createdAt: raw.Created,
      startedAt: raw.State.StartedAt,
      ports: Object.values(raw.HostConfig.PortBindings ?? {}).flatMap((bindings) =>
        (bindings ?? []).map(({ HostPort }) => Number(HostPort)),
      ),
      labels,
      volumes: (raw.Mounts ?? []).flatMap(({ Type, Name, Destination }) =>
        Type === "volume" && Name !== undefined ? [{ name: Name, target: Destination }] : [],
      ),
    };
  });
}

/** Engines say nothing, 0 or -1 where there is no limit. */
function limitOf(value: number | null | undefined): number | undefined {
  return value !== null && value !== undefined && value > 0 ? value : undefined;
}

/** Label of the containers that Compose makes. */
const COMPOSE = "com.docker.compose.project";

/**
 * Tells our containers from others with our labels: somebody's own container of a release's image, or of an image
 * built on it, inherits them. Each of ours is hardened and rotates its log (`constructs/docker/container-configuration.ts`).
 */
function isOurs({ Config, HostConfig: { CapDrop, SecurityOpt, LogConfig } }: RawContainer): boolean {
  const labels = Config.Labels ?? {};
  const logging = LogConfig?.Config ?? {};
  return (
    labels[LABEL.name] !== undefined &&
    labels[LABEL.role] !== undefined &&
    labels[COMPOSE] === undefined &&
    (CapDrop ?? []).includes("ALL") &&
    (SecurityOpt ?? []).some((option) => option.startsWith("no-new-privileges")) &&
    Object.entries(loggingEntry.logging.options).every(([name, value]) => logging[name] === value)
  );
}
