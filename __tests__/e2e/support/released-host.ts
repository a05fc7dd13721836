import { readFileSync } from "node:fs";
import { join } from "node:path";
import { baseOf } from "../../../application/image";
import { applicationOf } from "../../../application/model";
import { HOST_FOLDER, writeSshConfig } from "../../../cli/host/ssh";
import { readMachine } from "../../../cli/computer/machine";
import type { DeploymentInput } from "../../../config";
import type { Host } from "../../../config/host";
import { loadDeployment } from "../../../config/load";
import type { HostSettings } from "../../../host/user-data";
import { provideBaseImages } from "../../../rehearsal/host/base-images";
import type { Disk } from "../../../rehearsal/host/disk";
import type { FakeHost } from "../../../rehearsal/host/host";
import { ROOT } from "../../support/guestbook";
import { Clone } from "./clone";
import { MINUTE } from "./counts";
import { Machines } from "./machines";
import { type Outcome, run, succeeded } from "./run";
import type { Served } from "./under-load";

/** Seconds that a boot may take on a busy machine. */
const BOOT = 240;

/** The record of a release, as the release program keeps it. */
export interface ReleaseRecord {
  readonly release: string;
  readonly kind: "release" | "rollback" | "refresh";
  readonly outcome: "served" | "failed" | "running";
  readonly step: string;
  readonly reason: string;
  readonly image: string;
  readonly milliseconds: number;
  readonly milliseconds_until_served: number | null;
  /** For which the ports of visitors were closed; null when nginx was not replaced. */
  readonly milliseconds_closed: number | null;
  readonly probes_sent: number;
  readonly probes_failed: number;
  /** Of a refresh: a line for each package, for example "web: openssl 3.5.1-1 → 3.5.4-1". */
  readonly packages_changed: readonly string[];
  readonly migrations_applied: readonly string[];
  /** Name and reason. */
  readonly migrations_accepted: Readonly<Record<string, string>>;
}

/** The machine in `deployment.ts`. */
export const HOST_SECTION = { region: "eu-central-1", ssh: "anywhere" } as const;

/** A clone with a deployment that has a host, and a fake that plays it. The clone plays this computer. */
export class ReleasedHost implements Served {
  private address = "";

  /** @param fixed address of this computer that leads to it; undefined: it has one of its own, another one after a boot */
  private constructor(
    public readonly clone: Clone,
    private readonly machines: Machines,
    private disk: Disk,
    public machine: FakeHost,
    private readonly fixed?: string,
  ) {}

  /**
   * @param change of the deployment
   * @param commit whose code makes the machine and releases to it. @default the working tree
   * @param debian image of the Debian that plays Ubuntu. @default trixie's
   * @param address of this computer that leads to the machine, as an Elastic IP does whatever becomes of the machine.
   * @default one that the engine gives the machine at each boot
   */
  public static async create(
    name: string,
    change: Partial<DeploymentInput> = {},
    {
      commit,
      debian,
      address,
    }: { readonly commit?: string; readonly debian?: string; readonly address?: string } = {},
  ): Promise<ReleasedHost> {
    const clone = await Clone.create(name, { commit });
    clone.configure({ ...change, host: { ...HOST_SECTION, ...change.host } });
    await clone.mustMake("keys");
    const machines = await Machines.prepare(
      commit === undefined ? undefined : userDataBy(clone),
      debian,
      ReleasedHost.deployKey(clone),
    );
    machines.metadata.parameters.set(machines.parameter, clone.read(".deployment/ssh/host_ed25519"));
    const disk = await machines.disk(8192);
    const host = new ReleasedHost(
      clone,
      machines,
      disk,
      await ReleasedHost.machine(clone, machines, disk, name, address),
      address,
    );
    await host.boot();
    return host;
  }

  private static machine(
    clone: Clone,
    machines: Machines,
    disk: Disk,
    name: string,
    address?: string,
  ): Promise<FakeHost> {
    return machines.machine(name, disk, ReleasedHost.deployKey(clone), address);
  }

  private static deployKey(clone: Clone): string {
    return clone.read(".deployment/ssh/deploy_ed25519.pub").trim();
  }

  /** Switches it on, and waits until it is ready. */
  public async boot(): Promise<void> {
    await this.bootAlone();
    await this.loadBaseImages();
  }

  /** The same with the images that it has: a registry gives it none. */
  public async bootAlone(): Promise<void> {
    await this.machine.boot();
    await this.machine.waitForStatus(/^ready$/, BOOT);
    this.address = this.fixed ?? (await this.machine.address());
    writeSshConfig(this.clone.folder, this.address, this.load().host);
  }

  /** Gives its engine what a registry would: the base images. */
  public async loadBaseImages(): Promise<void> {
    await provideBaseImages(this.machine, this.load().application, readMachine(ROOT).images ?? {});
  }

  /** Puts another machine in its place, with the same disk. */
  public async replaceMachine(name: string): Promise<void> {
    await this.machine.powerCut();
    this.machine = await ReleasedHost.machine(this.clone, this.machines, this.disk, name, this.fixed);
    await this.boot();
  }

  /** Puts another machine in its place, with a copy of the disk as it was at a moment of its work. */
  public async moveToCopy(name: string): Promise<void> {
    await this.machine.losePower();
    this.disk = await this.machines.copy(this.disk);
    this.machine = await ReleasedHost.machine(this.clone, this.machines, this.disk, name, this.fixed);
    await this.bootAlone();
  }

  public get origin(): string {
    return `http://${this.address}`;
  }

  /** Releases the project under a number, which serves then. */
  public async release(number: number): Promise<void> {
    this.clone.release(number);
    await this.clone.mustMake("release");
    expect(await this.serving()).toBe(String(number));
  }

  /** Runs a command on the machine as the user of the releases: not by ssh, whose key opens no shell. */
  public async shell(command: string): Promise<Outcome> {
    const user = ["--user=ubuntu", "--env=HOME=/home/ubuntu", "--env=USER=ubuntu", "--workdir=/home/ubuntu"];
    return run("docker", ["exec", ...user, this.machine.name, "bash", "-c", command]);
  }

  public async mustShell(command: string): Promise<string> {
    const { status, stdout, output } = await this.shell(command);
    if (status !== 0) throw new Error(`${command} ended with status ${status}: ${output}`);
    return stdout;
  }

  /** What became of the releases, the newest first. */
  public async records(): Promise<ReleaseRecord[]> {
    return JSON.parse(
      await this.mustShell(`${HOST_FOLDER}/current/deploy/host/release releases --json`),
    ) as ReleaseRecord[];
  }

  public async lastRecord(): Promise<ReleaseRecord> {
    const [record] = await this.records();
    if (!record) throw new Error("nothing was released");
    return record;
  }

  /** The release that answers visitors: the number in the project's file RELEASE. */
  public async serving(): Promise<string> {
    const answer = await fetch(`${this.origin}/api/release/`);
    return ((await answer.json()) as { release: string }).release;
  }

  public async entries(prefix: string): Promise<string[]> {
    const sql = `SELECT name FROM entries_entry WHERE name LIKE '${prefix}%' ORDER BY id`;
    const inside = `exec mariadb -N -uroot -p"$(cat /run/secrets/database_root_password)" django -e "${sql}"`;
    const container = `docker ps -q --filter label=django-deployment.role=database`;
    const found = await this.machine.exec(
      "sh",
      "-c",
      `docker exec $(${container}) sh -c '${inside.replaceAll("'", `'\\''`)}'`,
    );
    return found.split("\n").filter((line) => line !== "");
  }

  /** Its official images by their short names: `nginx`, `mariadb`, `python`. */
  public get baseImages(): Readonly<Record<string, string>> {
    const bases = this.load().application.services.map(({ image }) => baseOf(image));
    return Object.fromEntries(bases.map(({ base, reference }) => [base, reference]));
  }

  private load(): { host: Host; application: ReturnType<typeof applicationOf> } {
    // What the clone's deployment.ts says, without its program.
    const text = readFileSync(join(this.clone.folder, "deployment.ts"), "utf8");
    const input = JSON.parse(/defineDeployment\((.*)\);/s.exec(text)?.[1] ?? "") as DeploymentInput;
    const { deployment } = loadDeployment(input, this.clone.folder);
    if (!deployment.host) throw new Error("the deployment has a host");
    return { host: deployment.host, application: applicationOf(deployment) };
  }
}

/** Makes user data by a clone's own code, which may be older than ours. */
function userDataBy(clone: Clone): (settings: HostSettings) => Promise<string> {
  return async (settings) => {
    const program = ".deployment/user-data.ts";
    clone.write(
      program,
      [
        'import { readHostTexts } from "../host/files";',
        'import { userData } from "../host/user-data";',
        `process.stdout.write(userData(${JSON.stringify(settings)}, readHostTexts(process.cwd())));`,
      ].join("\n"),
    );
    return succeeded(await clone.shell(`node tools/bundle.mjs ${program}`), "making user data").stdout;
  };
}

/** Milliseconds in which a first release with a cold build must be done. */
export const FIRST_RELEASE = 8 * MINUTE;
