import {
  accessSync,
  constants,
  linkSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { isDeepStrictEqual } from "node:util";
import { DeploymentError } from "../../config/errors";
import { machineProblems } from "../problems";
import { Deadline } from "./deadline";

/** A process, told from a later one that was given the same number. */
export interface ProcessIdentity {
  readonly pid: number;
  /** When it started, in the kernel's own count; empty where that can't be read. */
  readonly started: string;
}

interface Holder extends ProcessIdentity {
  readonly command: string;
  /** The folder of the program that it runs from. */
  readonly folder: string;
  /** The programs that work for it, and outlive it when it is killed. */
  readonly workers: readonly ProcessIdentity[];
}

/** Where the locks of deployments lie that clones of this user share. */
const CACHE = join(homedir(), ".cache", "django-deployment");

/** The locks of this process: its end releases them. */
const HELD = new Set<RunLock>();

/** Milliseconds between two looks at a program that must end first. */
const PERIOD = 500;

export interface RunLockOptions {
  /** The deployment's id: another clone that has it waits its turn as well. @default this folder alone is locked */
  readonly id?: string;
  /** Seconds for programs of a run that was killed. @default 600, as long as a task of an earlier run has */
  readonly patience?: number;
  /** Where clones of the same user meet; absolute. @default in the user's own cache */
  readonly shared?: string;
}

/**
 * One run at a time in this folder, and for this deployment on this computer: clones share the containers.
 *
 * Terraform locks each state, but what is done between two of its runs (removing containers that no state knows)
 * must not happen while another run is making them.
 */
export class RunLock {
  private readonly paths: readonly string[];
  private readonly taken: string[] = [];
  private readonly patience: number;
  private holder: Holder | undefined;

  /** @param root the program's own folder; absolute */
  public constructor(
    private readonly root: string,
    { id, patience = 600, shared = CACHE }: RunLockOptions = {},
  ) {
    this.patience = patience;
    this.paths = [
      join(root, ".deployment", "run.lock"),
      ...(id === undefined ? [] : [join(shared, `${id}.lock`)]),
    ];
  }

  /**
   * Takes the lock. A run that was killed is no holder, but its Terraform may still be at work: that is waited for.
   *
   * @param onWait called before that
   * @throws {@link DeploymentError} when another run is at work, or what is left of a killed one doesn't end
   */
  public async take(command: string, onWait: (message: string) => void): Promise<void> {
    const holder: Holder = { ...identityOf(process.pid), command, folder: this.root, workers: [] };
    try {
      for (const path of this.paths) await this.takeOne(path, holder, onWait);
    } catch (error) {
      this.release();
      throw error;
    }
    this.holder = holder;
    if (HELD.size === 0) process.on("exit", () => HELD.forEach((lock) => lock.release()));
    HELD.add(this);
  }

  private async takeOne(path: string, holder: Holder, onWait: (message: string) => void): Promise<void> {
    if (path === this.paths[0]) mkdirSync(dirname(path), { recursive: true });
    else if (!isWritableFolder(dirname(path))) return;
    while (!writeNew(path, holder)) {
      const other = read(path);
      if (other && isAlive(other)) {
        const folder = other.folder === this.root ? undefined : other.folder;
        throw new DeploymentError([machineProblems.anotherRun(other.command, other.pid, folder)]);
      }
      const busy = (): readonly ProcessIdentity[] => (other?.workers ?? []).filter(isAlive);
      if (busy().length > 0) {
        const pids = busy().map(({ pid }) => pid);
        onWait(`Terraform is still at work for a run that was killed (process ${pids.join(", ")}); waiting`);
        const deadline = new Deadline(this.patience);
        while (busy().length > 0) {
          if (deadline.isOver) throw new DeploymentError([machineProblems.workerStillRunning(pids)]);
          await sleep(PERIOD);
        }
      }
      // Another run may have taken it over meanwhile.
      if (isDeepStrictEqual(read(path), other)) rmSync(path, { force: true });
    }
    this.taken.push(path);
  }

  /** Notes who works for this run, so that a later one can wait for it. */
  public employ(pid: number | undefined): void {
    if (!this.holder || pid === undefined) return;
    this.holder = { ...this.holder, workers: [...this.holder.workers.filter(isAlive), identityOf(pid)] };
    for (const path of this.taken) {
      writeFileSync(partOf(path), JSON.stringify(this.holder));
      renameSync(partOf(path), path);
    }
  }

  /** Lets the next part of a command, or another run, take it. The end of the process does so too. */
  public release(): void {
    for (const path of this.taken.splice(0))
      if (read(path)?.pid === process.pid) rmSync(path, { force: true });
  }
}

/** Makes the folder. A user's cache may be closed to writing: then each clone is by itself. */
function isWritableFolder(path: string): boolean {
  try {
    mkdirSync(path, { recursive: true });
    accessSync(path, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

function read(path: string): Holder | undefined {
  try {
    const { workers, ...holder } = JSON.parse(readFileSync(path, "utf8")) as Partial<Holder>;
    if (holder.pid === undefined) return undefined;
    return { ...(holder as Holder), workers: Array.isArray(workers) ? workers : [] };
  } catch {
    // Gone, or its writer was killed before it had written: nobody holds it.
    return undefined;
  }
}

/** Makes the lock if there is none. Nobody ever reads half of it: a lock that says nothing is taken over. */
function writeNew(path: string, holder: Holder): boolean {
  const whole = partOf(path);
  try {
    writeFileSync(whole, JSON.stringify(holder));
    linkSync(whole, path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  } finally {
    rmSync(whole, { force: true });
  }
}

function partOf(path: string): string {
  return `${path}.${process.pid}`;
}

export function identityOf(pid: number): ProcessIdentity {
  return { pid, started: startOf(pid) };
}

/** Whether it is that process, and runs. */
export function isAlive({ pid, started }: ProcessIdentity): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EPERM") return false;
  }
  const [state, start] = kernelView(pid);
  // A zombie has ended; its parent just hasn't asked how.
  return state !== "Z" && start === started;
}

function startOf(pid: number): string {
  return kernelView(pid)[1];
}

/** State and start time from /proc/PID/stat, counted from the last parenthesis: a program's name may hold anything. */
function kernelView(pid: number): [state: string, start: string] {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, "utf8");
    const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
    return [fields[0] ?? "", fields[19] ?? ""];
  } catch {
    // No such process, or a system without /proc.
    return ["", ""];
  }
}
