import { createHash } from "node:crypto";
import {
  appendFileSync,
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  rmSync,
} from "node:fs";
import { join } from "node:path";
import { type ProcessIdentity, identityOf, isAlive } from "../../cli/session/run-lock";
import { signalGroup } from "../actions/process-group";
import { run } from "../host/command";
import { Disk } from "../host/disk";

/** Where a rehearsal works, below the program's own folder. */
export const WORKING_FOLDER = join(".deployment", "rehearsal");

/** What is kept between two rehearsals: the lock, and the log of the last one. */
const KEPT = ".deployment";

/**
 * A folder that plays the program's own, so that a rehearsal touches neither keys nor states of the user's. It knows
 * what a rehearsal that was killed has left, and removes it.
 */
export class WorkingFolder {
  /** Absolute. */
  public readonly path: string;
  /** Container that plays the machine: another checkout's has another name. */
  public readonly container: string;

  /** @param root the program's own folder; absolute */
  public constructor(private readonly root: string) {
    this.path = join(root, WORKING_FOLDER);
    this.container = `django-deployment-rehearsal-${createHash("sha256").update(root).digest("hex").slice(0, 6)}`;
  }

  /** A folder in it. */
  public folder(name: string): string {
    const folder = join(this.path, name);
    mkdirSync(folder, { recursive: true });
    return folder;
  }

  /** Lays out what synth reads, after everything that was there is gone. */
  public async begin(): Promise<void> {
    await this.clean();
    cpSync(join(this.root, "assets"), this.folder("assets"), { recursive: true });
    const machine = join(this.root, ".deployment", "machine.json");
    if (existsSync(machine)) copyFileSync(machine, join(this.folder(".deployment"), "machine.json"));
  }

  /** Notes a process group, so that the next rehearsal can end it when this one is killed. */
  public note(group: number): void {
    appendFileSync(this.groups, `${JSON.stringify(identityOf(group))}\n`);
  }

  /** Removes all that a rehearsal makes, in this folder and elsewhere on this machine. */
  public async clean(): Promise<void> {
    for (const group of this.noted().filter(isAlive)) signalGroup(group.pid, "SIGTERM");
    await run("docker", ["rm", "--force", "--volumes", this.container]);
    await Disk.detachBelow(this.path);
    const there = existsSync(this.path) ? readdirSync(this.path) : [];
    for (const name of there.filter((entry) => entry !== KEPT)) this.remove(name);
    for (const name of ["ssh", "state", "terraform", "sealed.json"]) this.remove(join(KEPT, name));
  }

  private remove(name: string): void {
    rmSync(join(this.path, name), { recursive: true, force: true });
  }

  private noted(): ProcessIdentity[] {
    if (!existsSync(this.groups)) return [];
    const lines = readFileSync(this.groups, "utf8")
      .split("\n")
      .filter((line) => line !== "");
    return lines.map((line) => JSON.parse(line) as ProcessIdentity);
  }

  private get groups(): string {
    return join(this.path, "groups");
  }
}
