import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { DeploymentError, problems } from "../config/errors";

/** A process, told from a later one that was given the same number. */
interface ProcessIdentity {
  readonly pid: number;
  /** When it started, in the kernel's own count; empty where that can't be read. */
  readonly started: string;
}

interface Holder extends ProcessIdentity {
  readonly command: string;
  /** The program that works for it, and outlives it when it is killed. */
  readonly worker?: ProcessIdentity;
}

/** Milliseconds between two looks at a program that must end first. */
const PERIOD = 500;

/**
 * One run at a time in this folder.
 *
 * Terraform locks each state, but what is done between two of its runs (removing containers that no state knows)
 * must not happen while another run is making them.
 */
export class RunLock {
  private readonly path: string;
  private holder: Holder | undefined;

  public constructor(root: string) {
    this.path = join(root, ".deployment", "run.lock");
  }

  /**
   * Takes the lock. A run that was killed is no holder, but its Terraform may still be at work: that is waited for.
   *
   * @param onWait called before that
   * @throws {@link DeploymentError} when another run is at work
   */
  public async take(command: string, onWait: (message: string) => void): Promise<void> {
    mkdirSync(dirname(this.path), { recursive: true });
    const holder: Holder = { ...identityOf(process.pid), command };
    while (!writeNew(this.path, holder)) {
      const other = this.read();
      if (other && isAlive(other)) {
        throw new DeploymentError([problems.anotherRun(other.command, other.pid)]);
      }
      if (other?.worker && isAlive(other.worker)) {
        onWait(`the Terraform of a run that was killed is still at work (process ${other.worker.pid}); waiting`);
        while (isAlive(other.worker)) await sleep(PERIOD);
      }
      rmSync(this.path, { force: true });
    }
    this.holder = holder;
    process.on("exit", () => this.release());
  }

  /** Notes who works for this run, so that a later one can wait for it. */
  public employ(pid: number | undefined): void {
    if (!this.holder || pid === undefined) return;
    this.holder = { ...this.holder, worker: identityOf(pid) };
    writeFileSync(this.path, JSON.stringify(this.holder));
  }

  private release(): void {
    if (this.holder && this.read()?.pid === this.holder.pid) rmSync(this.path, { force: true });
  }

  private read(): Holder | undefined {
    try {
      return JSON.parse(readFileSync(this.path, "utf8")) as Holder;
    } catch {
      // Gone, or its writer was killed before it had written: nobody holds it.
      return undefined;
    }
  }
}

function writeNew(path: string, holder: Holder): boolean {
  try {
    writeFileSync(path, JSON.stringify(holder), { flag: "wx" });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  }
}

function identityOf(pid: number): ProcessIdentity {
  return { pid, started: startOf(pid) };
}

function isAlive({ pid, started }: ProcessIdentity): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EPERM") return false;
  }
  return startOf(pid) === started;
}

/** Field 22 of /proc/PID/stat; the fields before it end with the last parenthesis, for a name may hold anything. */
function startOf(pid: number): string {
  const file = `/proc/${pid}/stat`;
  if (!existsSync(file)) return "";
  const text = readFileSync(file, "utf8");
  return text.slice(text.lastIndexOf(")") + 2).split(" ")[19] ?? "";
}
