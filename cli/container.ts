import { LABEL } from "../application/application";

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
  readonly HostConfig: {
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
      application: labels[LABEL.name] ?? "",
      role: labels[LABEL.role] ?? "",
      status: raw.State.Status,
      health: health === "starting" || health === "healthy" || health === "unhealthy" ? health : undefined,
      healthOutput: raw.State.Health?.Log?.at(-1)?.Output.trim(),
      refusal: refusalOf(raw.State.Health?.Log ?? []),
      exitCode: raw.State.ExitCode,
      service: !["", "no"].includes(raw.HostConfig.RestartPolicy.Name),
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
    };
  });
}
