import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";

export interface GroupOptions {
  readonly cwd: string;
  /** All of its environment. */
  readonly env: NodeJS.ProcessEnv;
  /** Called with each line of either stream. */
  readonly onLine: (line: string) => void;
  /** Seconds after which it is ended. */
  readonly timeout: number;
}

/** A program with all that it starts, in a group of its own, which ends together. */
export class ProcessGroup {
  private readonly child: ChildProcess;
  private wasEnded = false;
  /** Its exit status; -1 when it was ended by a signal or could not be started. */
  public readonly status: Promise<number>;

  public constructor(command: string, args: readonly string[], { cwd, env, onLine, timeout }: GroupOptions) {
    this.child = spawn(command, args, { cwd, env, detached: true, stdio: ["ignore", "pipe", "pipe"] });
    for (const stream of [this.child.stdout, this.child.stderr]) {
      if (stream) createInterface(stream).on("line", onLine);
    }
    const timer = setTimeout(() => {
      onLine(`the step was ended after ${timeout} s`);
      this.end();
    }, timeout * 1000);
    this.status = once(this.child, "close")
      .then(([status]) => (typeof status === "number" && !this.wasEnded ? status : -1))
      .catch((error: unknown) => {
        onLine(String(error));
        return -1;
      })
      .finally(() => clearTimeout(timer));
  }

  /** Its number, which is that of its first process; undefined when it could not be started. */
  public get id(): number | undefined {
    return this.child.pid;
  }

  /** Asks all of it to end, and ends what has not after some seconds. */
  public end(): void {
    this.wasEnded = true;
    const { id } = this;
    if (id === undefined) return;
    signalGroup(id, "SIGTERM");
    const timer = setTimeout(() => signalGroup(id, "SIGKILL"), GRACE);
    void this.status.then(() => clearTimeout(timer));
  }
}

/** In which scripts may remove what they have begun. [milliseconds] */
const GRACE = 7500;

/** Sends a signal to a group, if it is there. */
export function signalGroup(id: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-id, signal);
  } catch {
    // It has ended by itself.
  }
}
