import { LABEL } from "../../application/application";
import { SOCKETS } from "../../application/processes/volumes";
import { type Outcome, type RunOptions, interact, run } from "../computer/process";
import { type Container, parseContainers } from "./container";
import { type HandOver, parseHandOver } from "./hand-over";

/** The engine's address when nobody names another one. */
const DEFAULT_HOST = "unix:///var/run/docker.sock";

/** Seconds for one answer. An engine whose disk and processors are busy takes some ten. */
const PATIENCE = 120;

/** Seconds for what waits for a container: longer than the longest `stopGrace` of `deployment.ts`. */
export const CONTAINER_PATIENCE = 3900;

/** What engines say of an object that isn't there. */
const MISSING = /no such (container|object|volume)/i;

/** The docker command failed. */
export class DockerError extends Error {
  public override readonly name = "DockerError";
}

/** A volume of the engine. */
export interface EngineVolume {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
}

/** The Docker engine, by the docker command. */
export class Docker {
  /**
   * @param host the engine's address; the docker command's own choice without one
   * @param patience seconds after which a command is ended that names no time of its own
   */
  public constructor(
    public readonly host?: string,
    private readonly patience: number = PATIENCE,
  ) {}

  /** The engine of the user's docker context; undefined when it is the default one. Terraform doesn't know contexts. */
  public static async hostOfContext(): Promise<string | undefined> {
    const { stdout } = await run("docker", ["context", "inspect", "--format", "{{.Endpoints.docker.Host}}"]);
    const host = stdout.trim();
    return host === "" || host === DEFAULT_HOST ? undefined : host;
  }

  /** The engine is on this machine. */
  public get isLocal(): boolean {
    return this.host === undefined || this.host.startsWith("unix://");
  }

  /** Runs a docker command; its status is the caller's to judge. */
  public async try(args: readonly string[], options: RunOptions = {}): Promise<Outcome> {
    return run("docker", args, {
      timeout: this.patience,
      ...options,
      env: this.host === undefined ? undefined : { DOCKER_HOST: this.host },
    });
  }

  /** Runs a docker command that must succeed; its standard output. */
  public async run(args: readonly string[], options: Pick<RunOptions, "timeout"> = {}): Promise<string> {
    const { status, stdout, stderr } = await this.try(args, options);
    if (status !== 0)
      throw new DockerError(`docker ${args.join(" ")}: ${stderr.trim() || `status ${status}`}`);
    return stdout;
  }

  /** Runs a docker command with our own terminal; its status. */
  public async interact(args: readonly string[]): Promise<number> {
    return interact("docker", args, this.host === undefined ? {} : { DOCKER_HOST: this.host });
  }

  /** Containers, also the stopped ones: those of a deployment, or everybody's. */
  public async containers(name?: string): Promise<Container[]> {
    const filter = name === undefined ? [] : ["--filter", `label=${LABEL.name}=${name}`];
    const found = await this.inspect(linesOf(await this.run(["ps", "-aq", "--no-trunc", ...filter])));
    return name === undefined ? found : found.filter(({ application }) => application === name);
  }

  /** Everybody's containers that mount a volume, also the stopped ones. */
  public async usersOf(volume: string): Promise<Container[]> {
    return this.inspect(linesOf(await this.run(["ps", "-aq", "--no-trunc", "--filter", `volume=${volume}`])));
  }

  /** Volumes by name; those that aren't there are left out. @throws {@link DockerError} when the engine doesn't say so */
  public async inspectVolumes(names: readonly string[]): Promise<EngineVolume[]> {
    if (names.length === 0) return [];
    const found = JSON.parse(await this.whatIsThere(["volume", "inspect", ...names])) as {
      Name: string;
      Labels: Record<string, string> | null;
    }[];
    return found.map(({ Name, Labels }) => ({ name: Name, labels: Labels ?? {} }));
  }

  /** Containers by id or name; those that are gone are left out. @throws {@link DockerError} when the engine doesn't say so */
  public async inspect(ids: readonly string[]): Promise<Container[]> {
    if (ids.length === 0) return [];
    return parseContainers(await this.whatIsThere(["inspect", "--type", "container", ...ids]));
  }

  /** What the engine says of an object, in its own words. */
  public async inspectRaw<T>(type: "container" | "image", id: string): Promise<T> {
    const [object] = JSON.parse(await this.run(["inspect", "--type", type, id])) as [T];
    return object;
  }

  /** A deployment's networks. */
  public async networks(name: string): Promise<{ readonly id: string; readonly name: string }[]> {
    const filter = `label=${LABEL.name}=${name}`;
    const found = await this.run([
      "network",
      "ls",
      "--no-trunc",
      "--filter",
      filter,
      "--format",
      "{{.ID}} {{.Name}}",
    ]);
    return linesOf(found).map((line) => ({ id: line.split(" ")[0] ?? "", name: line.split(" ")[1] ?? "" }));
  }

  /** Names of everybody's running containers on a network. */
  public async usersOfNetwork(id: string): Promise<string[]> {
    return linesOf(await this.run(["ps", "--filter", `network=${id}`, "--format", "{{.Names}}"]));
  }

  /** Names of a deployment's volumes. */
  public async volumes(name: string): Promise<string[]> {
    return linesOf(await this.run(["volume", "ls", "-q", "--filter", `label=${LABEL.name}=${name}`]));
  }

  /** Names of the volumes that carry a deployment's id, whatever the name of the deployment is. */
  public async volumesOfId(id: string): Promise<string[]> {
    return linesOf(await this.run(["volume", "ls", "-q", "--filter", `label=${LABEL.id}=${id}`]));
  }

  /** Who serves, as the volume of the sockets says it; nothing is known when no container that sees it runs. */
  public async handOver(containers: readonly Container[]): Promise<HandOver> {
    const container = containers.find(
      ({ service, status, volumes }) =>
        service && status === "running" && volumes.some(({ target }) => target === SOCKETS),
    );
    if (!container) return parseHandOver("");
    const { stdout } = await this.try([
      "exec",
      container.id,
      "sh",
      "-c",
      `cd ${SOCKETS} && readlink web.sock; ls`,
    ]);
    return parseHandOver(stdout);
  }

  /** The last lines that a container wrote, but for empty ones. */
  public async tail(id: string, count: number): Promise<string[]> {
    const lines: string[] = [];
    await this.try(["logs", "--tail", String(2 * count), id], {
      onLine: (line) => {
        if (line.trim() !== "") lines.push(line);
      },
    });
    return lines.slice(-count);
  }

  /** Stops a container as it wants to be stopped, and removes it. One that is gone is fine. */
  public async remove(id: string): Promise<void> {
    // Without a time of ours, "docker stop" gives the container its own grace.
    await this.try(["stop", id], { timeout: CONTAINER_PATIENCE });
    await this.tryToRemove(["rm", "-f", id]);
  }

  /** Removes a volume and all that is in it. One that is gone is fine. */
  public async removeVolume(name: string): Promise<void> {
    await this.tryToRemove(["volume", "rm", name]);
  }

  /** Removes a network. One that is gone is fine. */
  public async removeNetwork(id: string): Promise<void> {
    await this.tryToRemove(["network", "rm", id]);
  }

  /** JSON of what is there, of several objects. An engine that does not answer has not said that they are missing. */
  private async whatIsThere(args: readonly string[]): Promise<string> {
    // The status is 1 when one is missing; those that are there are printed nevertheless.
    const { status, stdout, stderr } = await this.try(args);
    const said = linesOf(stderr).filter((line) => !/^warning/i.test(line));
    if (status !== 0 && (said.length === 0 || !said.every((line) => MISSING.test(line))))
      throw new DockerError(`docker ${args.join(" ")}: ${stderr.trim() || `status ${status}`}`);
    return stdout.trim() || "[]";
  }

  private async tryToRemove(args: readonly string[]): Promise<void> {
    const { status, stderr } = await this.try(args);
    if (status !== 0 && !/no such|not found|already in progress/i.test(stderr)) {
      throw new DockerError(`docker ${args.join(" ")}: ${stderr.trim()}`);
    }
  }
}

/** The lines of a command's output, without empty ones. */
export function linesOf(text: string): string[] {
  return text.split("\n").filter((line) => line !== "");
}
