import { mustRun, type Outcome, type RunOptions, run } from "./run";

/** The parts of `docker inspect` that tests ask for. */
export interface Inspected {
  readonly Id: string;
  readonly Name: string;
  readonly Created: string;
  readonly Image: string;
  readonly RestartCount: number;
  readonly State: {
    readonly Status: string;
    readonly Pid: number;
    readonly ExitCode: number;
    readonly StartedAt: string;
    readonly Health?: { readonly Status: string; readonly Log: readonly HealthCheck[] | null };
  };
  readonly Config: {
    readonly Hostname: string;
    readonly Env: readonly string[] | null;
    readonly Labels: Readonly<Record<string, string>>;
  };
  readonly HostConfig: { readonly Memory: number };
  readonly Mounts: readonly { readonly Name?: string; readonly Destination: string }[];
}

/** One health check, as the engine has noted it; the times are RFC 3339. */
export interface HealthCheck {
  readonly Start: string;
  readonly End: string;
  readonly ExitCode: number;
  readonly Output: string;
}

/** A Docker engine: this machine's, or another one. */
export class Docker {
  public constructor(private readonly host?: string) {}

  public async try(args: readonly string[], options: RunOptions = {}): Promise<Outcome> {
    const env = this.host === undefined ? options.env : { ...options.env, DOCKER_HOST: this.host };
    return run("docker", args, { ...options, env });
  }

  public async run(args: readonly string[], options: RunOptions = {}): Promise<string> {
    const env = this.host === undefined ? options.env : { ...options.env, DOCKER_HOST: this.host };
    return mustRun("docker", args, { ...options, env });
  }

  /** Containers of a deployment, the stopped ones too, the oldest first. */
  public async containers(name: string, role?: string): Promise<Inspected[]> {
    const filters = [
      `label=django-deployment.name=${name}`,
      ...(role ? [`label=django-deployment.role=${role}`] : []),
    ];
    const ids = lines(
      await this.run(["ps", "-aq", "--no-trunc", ...filters.flatMap((filter) => ["--filter", filter])]),
    );
    if (ids.length === 0) return [];
    // One that is gone meanwhile makes the status 1; those that are there are printed.
    const { stdout } = await this.try(["inspect", "--type", "container", ...ids]);
    return (JSON.parse(stdout) as Inspected[]).sort((a, b) => (a.Created < b.Created ? -1 : 1));
  }

  /** Volumes of a deployment. */
  public async volumes(name: string): Promise<string[]> {
    return lines(
      await this.run(["volume", "ls", "-q", "--filter", `label=django-deployment.name=${name}`]),
    ).sort();
  }

  /** Removes everything of a deployment. Only tests do that. */
  public async wipe(name: string): Promise<void> {
    const containers = await this.containers(name);
    if (containers.length > 0) await this.try(["rm", "-f", "-v", ...containers.map(({ Id }) => Id)]);
    const volumes = await this.volumes(name);
    if (volumes.length > 0) await this.run(["volume", "rm", "-f", ...volumes]);
    const label = ["--filter", `label=django-deployment.name=${name}`];
    const networks = lines(await this.run(["network", "ls", "-q", ...label]));
    if (networks.length > 0) await this.run(["network", "rm", ...networks]);
    // Layers that another deployment shares stay with it.
    const images = lines(await this.run(["image", "ls", "-q", ...label]));
    if (images.length > 0) await this.try(["image", "rm", "-f", ...new Set(images)]);
  }
}

export function lines(text: string): string[] {
  return text.split("\n").filter((line) => line !== "");
}
