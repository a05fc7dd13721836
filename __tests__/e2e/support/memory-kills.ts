import { type ChildProcess, spawn } from "node:child_process";
import { createInterface } from "node:readline";

/** A process that the kernel ended because its container had no more memory. */
interface Kill {
  /** Of the container, as its label says. */
  readonly role: string;
  /** Milliseconds since 1970. */
  readonly time: number;
}

const started = new Set<ChildProcess>();
afterAll(() => started.forEach((child) => child.kill()));

/**
 * Watches for processes of a deployment that the kernel ends for want of memory, whichever container they are in.
 * The watch ends with the test file.
 */
export class MemoryKills {
  public readonly seen: Kill[] = [];

  /** @param name of the deployment */
  public constructor(name: string) {
    const filters = ["event=oom", `label=django-deployment.name=${name}`];
    const options = ["--format", "{{json .}}", ...filters.flatMap((filter) => ["--filter", filter])];
    // The engine keeps no more than 256 events, and a health check is one.
    const watching = spawn("docker", ["events", ...options], { stdio: ["ignore", "pipe", "inherit"] });
    started.add(watching);
    createInterface(watching.stdout).on("line", (line) => {
      const { Actor, time } = JSON.parse(line) as {
        readonly time: number;
        readonly Actor: { readonly Attributes: Readonly<Record<string, string>> };
      };
      this.seen.push({ role: Actor.Attributes["django-deployment.role"] ?? "", time: time * 1000 });
    });
  }
}
