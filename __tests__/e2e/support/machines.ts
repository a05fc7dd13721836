import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readHostTexts } from "../../../host/files";
import { type HostSettings, userData } from "../../../host/user-data";
import { Disk } from "../../../rehearsal/host/disk";
import { FakeHost } from "../../../rehearsal/host/host";
import { MetadataServer } from "../../../rehearsal/host/metadata";
import { ROOT } from "../../support/guestbook";
import { KEEP, MINUTE } from "./counts";

/** A pair of ssh keys in files. */
export interface KeyPair {
  readonly file: string;
  readonly private: string;
  /** Type and key, without a comment. */
  readonly public: string;
}

/** Machines that a test file boots, their disks, and the AWS that they ask. All of it goes when the file has ended. */
export class Machines {
  private readonly folder = mkdtempSync(join(tmpdir(), "django-deployment-keys-"));
  private readonly hosts: FakeHost[] = [];
  private readonly disks: Disk[] = [];
  /** The host's own key, which SSM keeps. */
  public readonly hostKey = this.keyPair("host");
  /** The key of releases. */
  public readonly releaseKey = this.keyPair("release");
  public readonly parameter = "/e2e/host-key";
  /** What every machine is booted with. */
  public userData = "";

  private constructor(
    public readonly metadata: MetadataServer,
    private readonly image: string,
  ) {
    metadata.parameters.set(this.parameter, this.hostKey.private);
  }

  /**
   * @param render makes the user data of the settings. @default the working tree's own code
   * @param debian image of the Debian that plays Ubuntu. @default trixie's
   * @param deployKey public half of the key that gets verbs only. @default {@link releaseKey}
   */
  public static async prepare(
    render = async (settings: HostSettings) => Promise.resolve(userData(settings, readHostTexts(ROOT))),
    debian?: string,
    deployKey?: string,
  ): Promise<Machines> {
    const image = await FakeHost.build(ROOT, debian);
    const metadata = await MetadataServer.start();
    const endpoint = `http://${await FakeHost.gateway(image)}:${metadata.port}`;
    const machines = new Machines(metadata, image);
    created.push(machines);
    machines.userData = await render({
      name: "e2e",
      region: metadata.region,
      swap: 32,
      hostKeyParameter: "/e2e/host-key",
      deployKey: deployKey ?? machines.releaseKey.public,
      rebootTime: "03:30",
      ssmEndpoint: endpoint,
      metadataEndpoint: endpoint,
    });
    return machines;
  }

  /** @param size in MiB */
  public async disk(size = 2048): Promise<Disk> {
    const disk = await Disk.create(size);
    this.disks.push(disk);
    return disk;
  }

  /** A copy of a disk that no machine has at this moment. */
  public async copy(disk: Disk): Promise<Disk> {
    const copy = await disk.copy();
    this.disks.push(copy);
    return copy;
  }

  /**
   * A new machine, switched off.
   *
   * @param authorizedKey public half of the key that opens it. @default {@link releaseKey}
   * @param publish an address of this machine on whose ports 22 and 80 it listens. @default none
   */
  public async machine(
    name: string,
    disk: Disk,
    authorizedKey = this.releaseKey.public,
    publish?: string,
  ): Promise<FakeHost> {
    const host = await FakeHost.create({
      name: `e2e-first-boot-${name}`,
      userData: this.userData,
      image: this.image,
      disk,
      authorizedKey,
      publish,
    });
    this.hosts.push(host);
    return host;
  }

  public async dispose(): Promise<void> {
    await this.metadata.stop();
    rmSync(this.folder, { recursive: true });
    if (KEEP) return;
    for (const host of this.hosts) await host.dispose();
    for (const disk of this.disks) await disk.dispose();
  }

  private keyPair(name: string): KeyPair {
    const file = join(this.folder, name);
    execFileSync("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-C", "", "-f", file]);
    return {
      file,
      private: readFileSync(file, "utf8"),
      public: readFileSync(`${file}.pub`, "utf8").trim(),
    };
  }
}

const created: Machines[] = [];
afterAll(async () => {
  for (const machines of created) await machines.dispose();
}, MINUTE);
