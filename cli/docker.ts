import { LABEL } from "../application/application";
import { SOCKETS } from "../application/services/defaults";
import { type Container, parseContainers } from "./container";
import { type Outcome, type RunOptions, run } from "./process";

/** The docker command failed. */
export class DockerError extends Error {
  public override readonly name = "DockerError";
}

/** The Docker engine, by the docker command. */
export class Docker {
  /** @param host the engine's address; the docker command's own choice without one */
  public constructor(public readonly host?: string) {}

  /** Runs a docker command; its status is the caller's to judge. */
  public async try(args: readonly string[], options: RunOptions = {}): Promise<Outcome> {
    return run("docker", args, { ...options, env: this.host === undefined ? undefined : { DOCKER_HOST: this.host } });
  }

  /** Runs a docker command that must succeed; its standard output. */
  public async run(args: readonly string[], options: RunOptions = {}): Promise<string> {
    const { status, stdout, stderr } = await this.try(args, options);
    if (status !== 0) throw new DockerError(`docker ${args.join(" ")}: ${stderr.trim() || `status ${status}`}`);
    return stdout;
  }

  /** Every container of a deployment, also the stopped ones. */
  public async containers(name: string): Promise<Container[]> {
    const ids = lines(await this.run(["ps", "-aq", "--no-trunc", "--filter", `label=${LABEL.name}=${name}`]));
    return this.inspect(ids);
  }

  /** Containers by id; one that is gone in the meantime is left out. */
  public async inspect(ids: readonly string[]): Promise<Container[]> {
    if (ids.length === 0) return [];
    // Its status is 1 when one is gone; those that are there are printed nevertheless.
    const { stdout } = await this.try(["inspect", "--type", "container", ...ids]);
    return parseContainers(stdout);
  }

  /** What the engine says of an object, in its own words. */
  public async inspectRaw<T>(type: "container" | "image", id: string): Promise<T> {
    const [object] = JSON.parse(await this.run(["inspect", "--type", type, id])) as [T];
    return object;
  }

  /** A deployment's networks. */
  public async networks(name: string): Promise<{ readonly id: string; readonly name: string }[]> {
    const filter = `label=${LABEL.name}=${name}`;
    const found = await this.run(["network", "ls", "--no-trunc", "--filter", filter, "--format", "{{.ID}} {{.Name}}"]);
    return lines(found).map((line) => ({ id: line.split(" ")[0] ?? "", name: line.split(" ")[1] ?? "" }));
  }

  /** Host name of the web container to which nginx sends the traffic; undefined when nothing that runs can say it. */
  public async serving(containers: readonly Container[]): Promise<string | undefined> {
    const witness = containers.find(({ role, status }) => ["nginx", "web"].includes(role) && status === "running");
    if (!witness) return undefined;
    const { stdout } = await this.try(["exec", witness.id, "readlink", `${SOCKETS}/web.sock`]);
    return /^\d+-(.+)\.sock$/.exec(stdout.trim())?.[1];
  }

  /** Names of a deployment's volumes. */
  public async volumes(name: string): Promise<string[]> {
    return lines(await this.run(["volume", "ls", "-q", "--filter", `label=${LABEL.name}=${name}`]));
  }

  /** The last lines that a container wrote, both streams in their order. */
  public async tail(id: string, count: number): Promise<string[]> {
    const { stdout, stderr } = await this.try(["logs", "--tail", String(count), id]);
    return [...lines(stdout), ...lines(stderr)].slice(-count);
  }

  /** Stops a container as it wants to be stopped, and removes it. One that is gone is fine. */
  public async remove(id: string): Promise<void> {
    // "docker stop" waits for the container's own stop timeout.
    await this.try(["stop", id]);
    const { status, stderr } = await this.try(["rm", "-f", id]);
    if (status !== 0 && !stderr.includes("No such container")) throw new DockerError(`docker rm ${id}: ${stderr.trim()}`);
  }
}

function lines(text: string): string[] {
  return text.split("\n").filter((line) => line !== "");
}
