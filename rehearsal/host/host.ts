import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readMachine } from "../../cli/computer/machine";
import { DATA_VOLUME_PLACEHOLDER } from "../../host/user-data";
import { mustRun, type Outcome, run } from "./command";
import type { Disk } from "./disk";

/** What a container needs so that a Docker engine runs in it. `--privileged` asks for more, and may be refused. */
export const PRIVILEGES = [
  "--cap-add=ALL",
  "--cap-drop=SYS_RESOURCE",
  "--cgroupns=host",
  "--volume=/sys/fs/cgroup:/sys/fs/cgroup",
  ...["seccomp", "apparmor", "systempaths"].map((option) => `--security-opt=${option}=unconfined`),
];

/**
 * Loses what has not come to the data volume yet, the journal included: the request with which file systems are tested
 * for power cuts (EXT4_IOC_SHUTDOWN, without a flush). Processes that are killed alone would lose nothing.
 */
const LOSE_WRITES = `import fcntl, os, struct
if os.path.ismount("/data"):
    fcntl.ioctl(os.open("/data", os.O_RDONLY), 0x8004587D, struct.pack("I", 2))`;

/** Image of the fake, unless it is of another Debian. */
export const FAKE_HOST_IMAGE = "django-deployment/fake-host";

export interface FakeHostOptions {
  /** Of the container; an older one of that name is removed. */
  readonly name: string;
  /** What cloud-init reads, with the placeholder of the data volume's id still in it. */
  readonly userData: string;
  /** The data volume that is attached. @default none */
  readonly disk?: Disk;
  /** Docker network. @default the engine's own bridge */
  readonly network?: string;
  /** Public half of the key that the user ubuntu lets in. @default none */
  readonly authorizedKey?: string;
  /** An address of this machine on whose ports 22 and 80 it listens. @default none */
  readonly publish?: string;
  /** Folder for what cloud-init reads. @default the system's for temporary files */
  readonly folder?: string;
  /** What {@link FakeHost.build} has built. @default {@link FAKE_HOST_IMAGE} */
  readonly image?: string;
}

/** Plays an EC2 machine: a container that cloud-init boots. Its root disk is the container's. */
export class FakeHost {
  private constructor(
    public readonly name: string,
    private readonly seed: string,
  ) {}

  /**
   * Builds the image of a machine that has never been booted.
   *
   * @param root the program's own folder
   * @param debian image of the Debian that plays Ubuntu, with a tag. @default trixie's
   * @returns its name
   */
  public static async build(root: string, debian?: string): Promise<string> {
    const image = debian === undefined ? FAKE_HOST_IMAGE : `${FAKE_HOST_IMAGE}:${debian.replace(/^.*:/, "")}`;
    // Where no registry answers, a Debian was made for the base images (tools/base-images).
    const made = readMachine(root).images?.python && "django-deployment/debian:trixie";
    const base = debian ?? made;
    const from = base === undefined ? [] : ["--build-arg", `BASE=${base}`];
    const folder = join(root, "rehearsal", "host");
    // The classic builder is on every engine.
    await mustRun("docker", ["build", "--quiet", "--tag", image, ...from, folder], {
      DOCKER_BUILDKIT: "0",
    });
    return image;
  }

  /** Address of this machine as fakes see it. @param image of a fake, which must have been built */
  public static async gateway(image = FAKE_HOST_IMAGE): Promise<string> {
    // Asked in a container: an engine that was just started doesn't tell its own bridge's gateway.
    const name = "machine";
    const container = ["--rm", `--add-host=${name}:host-gateway`, "--entrypoint=getent", image];
    const [address = ""] = (await mustRun("docker", ["run", ...container, "hosts", name])).split(/\s/);
    return address;
  }

  /** Makes a machine, switched off. */
  public static async create(options: FakeHostOptions): Promise<FakeHost> {
    const { name, userData, disk, network = "bridge", authorizedKey, publish, folder = tmpdir() } = options;
    const { image = FAKE_HOST_IMAGE } = options;
    const seed = mkdtempSync(join(folder, "django-deployment-seed-"));
    const id = disk?.id ?? "vol-0";
    const keys = authorizedKey === undefined ? [] : [authorizedKey];
    writeFileSync(join(seed, "user-data"), userData.replaceAll(DATA_VOLUME_PLACEHOLDER, id));
    writeFileSync(
      join(seed, "meta-data"),
      JSON.stringify({ "instance-id": `i-${seed.slice(-6)}`, "public-keys": keys }),
    );
    const host = new FakeHost(name, seed);
    await run("docker", ["rm", "--force", "--volumes", name]);
    await mustRun("docker", [
      ...["create", "--name", name, "--hostname", name, "--network", network, "--init"],
      ...PRIVILEGES,
      // Gone at each power cut, as on a machine.
      ...["--tmpfs", "/run:exec,mode=755", "--volume", `${seed}:/var/lib/cloud/seed/nocloud:ro`],
      ...(publish === undefined ? [] : [22, 80].map((port) => `--publish=${publish}:${port}:${port}`)),
      ...(disk ? ["--device", `${disk.device}:/dev/nvme1n1`, "--env", `DATA_VOLUME_ID=${id}`] : []),
      image,
    ]);
    return host;
  }

  /** Switches it on. */
  public async boot(): Promise<void> {
    await mustRun("docker", ["start", this.name]);
  }

  /** Cuts its power, and loses what is not on its data volume yet. */
  public async losePower(): Promise<void> {
    await this.loseDisk();
    await this.powerCut();
  }

  /** Lets its data volume answer with errors until it is switched on again, and lose what is not on it yet. */
  public async loseDisk(): Promise<void> {
    await this.exec("python3", "-c", LOSE_WRITES);
  }

  /** Ends all of its processes in cold blood. What they have written stays: {@link losePower} loses more. */
  public async powerCut(): Promise<void> {
    await mustRun("docker", ["kill", this.name]);
  }

  /** Leaves an empty file on its root disk while it is switched off. */
  public async leave(folder: string, name: string): Promise<void> {
    const pipe =
      'cd "$(mktemp -d)" && mkdir -p ".$1" && : >".$1/$2" && tar -c . | docker cp - "$3":/ && rm -r "$PWD"';
    await mustRun("bash", ["-c", pipe, "leave", folder, name, this.name]);
  }

  /** Takes its network away, or gives it back. */
  public async plug(way: "connect" | "disconnect", network = "bridge"): Promise<void> {
    await mustRun("docker", ["network", way, network, this.name]);
  }

  /** Address at which this machine reaches it. */
  public async address(): Promise<string> {
    const format = "{{range .NetworkSettings.Networks}}{{.IPAddress}} {{end}}";
    return (await mustRun("docker", ["inspect", "--format", format, this.name])).trim();
  }

  /** Runs a command on it, as root; its status is the caller's to judge. */
  public async try(...command: string[]): Promise<Outcome> {
    return run("docker", ["exec", this.name, ...command]);
  }

  /** Runs a command on it that must succeed; its standard output. */
  public async exec(...command: string[]): Promise<string> {
    return mustRun("docker", ["exec", this.name, ...command]);
  }

  /** Gives its own engine an image of this machine's. */
  public async load(image: string): Promise<void> {
    const pipe = 'set -o pipefail; docker save "$1" | docker exec --interactive "$2" docker load';
    await mustRun("bash", ["-c", pipe, "load", image, this.name]);
  }

  /** What prepare-host says of itself; empty until it runs. */
  public async status(): Promise<string> {
    const { stdout } = await this.try("cat", "/run/django-deployment/status");
    return stdout.trim();
  }

  /** Waits until its status fits. @param seconds at most */
  public async waitForStatus(wanted: RegExp, seconds: number): Promise<string> {
    const end = Date.now() + seconds * 1000;
    for (;;) {
      const status = await this.status();
      if (wanted.test(status)) return status;
      if (Date.now() > end || status.startsWith("failed"))
        throw new Error(
          `${this.name}: expected the status ${String(wanted)}, it is "${status}"\n${(await this.log()).slice(-4000)}`,
        );
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }

  /** What its boots have said. */
  public async log(): Promise<string> {
    return (await this.try("cat", "/var/log/cloud-init-output.log")).stdout;
  }

  public async dispose(): Promise<void> {
    await run("docker", ["rm", "--force", "--volumes", this.name]);
    rmSync(this.seed, { recursive: true, force: true });
  }
}
