import type { Outcome } from "../computer/process";
import { type Docker, DockerError, linesOf } from "../docker/docker";
import { type TarEntry, TarEntries } from "./tar-entries";

/** How many files a volume holds, and how large. */
export interface FilesSummary {
  readonly files: number;
  /** Bytes of all files that were counted. */
  readonly bytes: number;
  /** Time of the newest write, seconds since 1970; 0 without files. */
  readonly newest: number;
  /** There was no time to look at all of them. */
  readonly incomplete: boolean;
}

/** Label of the containers that are made for reading, with the deployment's name. */
const READER = "django-deployment.reader";

/** What engines say of a path that isn't there. */
const MISSING = /no such container:path|could not find the file|no such file/i;

/** Seconds in which a file must have come. */
const PATIENCE = 10;

/** Seconds for looking at all files of a volume. */
const LONG_PATIENCE = 20;

interface Place {
  readonly container: string;
  readonly target: string;
}

/**
 * Reads files in volumes and starts nothing for it: `docker cp` reads a container's volumes also when it is stopped, and
 * where no container has the volume, one is made that never runs.
 */
export class VolumeFiles {
  private readonly places = new Map<string, Promise<Place | undefined>>();
  private readonly made: string[] = [];

  /** @param name of the deployment: the next reader for it removes what this one leaves when it is killed */
  public constructor(
    private readonly docker: Docker,
    private readonly name: string,
  ) {}

  /**
   * Text of a small file; undefined when it isn't there, or when the engine has no image to look with.
   *
   * @throws {@link DockerError} when it is there and can't be had: then nothing must follow from its absence
   */
  public async read(volume: string, path: string): Promise<string | undefined> {
    let text: string | undefined;
    const outcome = await this.list(volume, path, PATIENCE, (entry, body) => {
      if (entry.isFile) text = body.toString();
    });
    if (outcome && outcome.status !== 0 && !MISSING.test(outcome.stderr))
      throw new DockerError(`${path} in the volume ${volume} can't be read: ${outcome.stderr.trim()}`);
    return text;
  }

  /** @param counts which entries of the volume count @default every file */
  public async summarize(
    volume: string,
    counts: (entry: TarEntry) => boolean = ({ isFile }) => isFile,
  ): Promise<FilesSummary> {
    let [files, bytes, newest] = [0, 0, 0];
    const outcome = await this.list(volume, ".", LONG_PATIENCE, (entry) => {
      if (!counts(entry)) return;
      files += 1;
      bytes += entry.size;
      newest = Math.max(newest, entry.modified);
    });
    return { files, bytes, newest, incomplete: outcome?.status !== 0 };
  }

  /** Takes away what was made for reading. */
  public async close(): Promise<void> {
    if (this.made.length > 0) await this.docker.try(["rm", "-f", ...this.made.splice(0)]);
    this.places.clear();
  }

  private async list(
    volume: string,
    path: string,
    timeout: number,
    onEntry: (entry: TarEntry, body: Buffer) => void,
  ): Promise<Outcome | undefined> {
    const place = await this.placeOf(volume);
    if (!place) return undefined;
    const archive = new TarEntries(onEntry);
    return this.docker.try(["cp", `${place.container}:${place.target}/${path}`, "-"], {
      onData: (piece) => archive.write(piece),
      timeout,
    });
  }

  private placeOf(volume: string): Promise<Place | undefined> {
    const place = this.places.get(volume) ?? this.find(volume);
    this.places.set(volume, place);
    return place;
  }

  private async find(volume: string): Promise<Place | undefined> {
    for (const { id, volumes } of await this.docker.usersOf(volume)) {
      const mount = volumes.find(({ name }) => name === volume);
      if (mount) return { container: id, target: mount.target };
    }
    return this.make(volume);
  }

  /** What a command that was killed has made. */
  private async removeLeftovers(): Promise<void> {
    const filter = `label=${READER}=${this.name}`;
    const left = linesOf(await this.docker.run(["ps", "-aq", "--filter", filter]));
    if (left.length > 0) await this.docker.try(["rm", "-f", ...left]);
  }

  private async make(volume: string): Promise<Place | undefined> {
    if (this.made.length === 0) await this.removeLeftovers();
    // Any image will do: nothing of it is run.
    const [image] = linesOf(await this.docker.run(["image", "ls", "-q", "--no-trunc"]));
    if (image === undefined) return undefined;
    const target = "/volume";
    const { status, stdout } = await this.docker.try([
      "create",
      `--label=${READER}=${this.name}`,
      "--network=none",
      `--mount=type=volume,src=${volume},dst=${target},volume-nocopy=true,readonly`,
      image,
      "none",
    ]);
    if (status !== 0) return undefined;
    this.made.push(stdout.trim());
    return { container: stdout.trim(), target };
  }
}
