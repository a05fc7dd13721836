import { mkdtempSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { mustRun } from "./command";

/** A data volume: a loop device on a sparse file. It takes root, as attaching a volume does everywhere. */
export class Disk {
  private constructor(
    private readonly folder: string,
    /** Its id, as EBS would give it. */
    public readonly id: string,
    /** Block device of this machine. */
    public readonly device: string,
  ) {}

  /**
   * @param size in MiB
   * @param id of the volume. @default one of its own
   * @param parent folder for its bytes. @default the system's for temporary files
   */
  public static async create(size: number, id?: string, parent = tmpdir()): Promise<Disk> {
    const folder = mkdtempSync(join(parent, "django-deployment-disk-"));
    const file = join(folder, "disk");
    writeFileSync(file, "");
    truncateSync(file, size * 1024 * 1024);
    const device = (await mustRun("losetup", ["--find", "--show", file])).trim();
    const made = `vol-0${Buffer.from(folder.slice(-6)).toString("hex").padStart(16, "0")}`;
    return new Disk(folder, id ?? made, device);
  }

  /** Detaches the disks that a process that was killed has left below a folder. */
  public static async detachBelow(folder: string): Promise<void> {
    const listed = await mustRun("losetup", ["--list", "--noheadings", "--output", "NAME,BACK-FILE"]);
    for (const line of listed.split("\n")) {
      const [, device, file = ""] = /^(\S+)\s+(.*)$/.exec(line.trim()) ?? [];
      if (device !== undefined && file.startsWith(`${folder}/`))
        await mustRun("losetup", ["--detach", device]);
    }
  }

  /** A disk of its own with the same bytes, as from a snapshot. Nobody may write meanwhile. */
  public async copy(parent = tmpdir()): Promise<Disk> {
    const copy = await Disk.create(1, undefined, parent);
    await mustRun("cp", ["--sparse=always", "--reflink=auto", this.file, copy.file]);
    await mustRun("losetup", ["--set-capacity", copy.device]);
    return copy;
  }

  private get file(): string {
    return join(this.folder, "disk");
  }

  /** Makes it larger, as a volume is while it is attached. @param size in MiB */
  public async grow(size: number): Promise<void> {
    truncateSync(this.file, size * 1024 * 1024);
    await mustRun("losetup", ["--set-capacity", this.device]);
  }

  /** UUID of its file system. */
  public async uuid(): Promise<string> {
    return (
      await mustRun("blkid", ["--probe", "--output", "value", "--match-tag", "UUID", this.device])
    ).trim();
  }

  /** Digest of all its bytes. */
  public async digest(): Promise<string> {
    return (await mustRun("sha256sum", [this.device])).slice(0, 64);
  }

  public async dispose(): Promise<void> {
    await mustRun("losetup", ["--detach", this.device]);
    rmSync(this.folder, { recursive: true, force: true });
  }
}
