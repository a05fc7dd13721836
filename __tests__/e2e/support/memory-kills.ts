import { spawn } from "node:child_process";
import { createInterface } from "node:readline";

/** A process that the kernel ended because its container had no more memory. */
interface Kill {
  /** Of the container, as its label says. */
  readonly role: string;
  /** Milliseconds since 1970. */
  readonly time: number;
}

/** Watches for processes of a deployment that the kernel ends for want of memory, whichever container they are in. */
export class MemoryKills {
  public readonly seen: Kill[] = [];
  private readonly watching;

  /** @param name of the deployment */
  public constructor(name: string) {
    const filters = ["event=oom", `label=django-deployment.name=${name}`];
    const options = ["--format", "{{json .}}", ...filters.flatMap((filter) => ["--filter", filter])];
    // The engine keeps no more than 256 events, and a health check is one.
    this.watching = spawn("docker", ["events", ...options], { stdio: ["ignore", "pipe", "inherit"] });
    createInterface(this.watching.stdout).on("line", (line) => {
      const { Actor, time } = JSON.parse(line) as {
        readonly time: number;
        readonly Actor: { readonly Attributes: Readonly<Record<string, string>> };
      };
      this.seen.push({ role: Actor.Attributes["django-deployment.role"] ?? "", time: time * 1000 });
    });
  }

  /** Watches no longer. */
  public end(): void {
    this.watching.kill();
  }
}
