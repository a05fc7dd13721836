import type { Application } from "../../application/application";
import { readMachine } from "../../cli/computer/machine";
import { provideBaseImages } from "../host/base-images";
import { Disk } from "../host/disk";
import { FakeHost } from "../host/host";
import { MetadataServer } from "../host/metadata";
import type { HostStacks } from "./host-stacks";
import type { WorkingFolder } from "./working-folder";

export interface MachineProps {
  /** The program's own folder; absolute. */
  readonly root: string;
  readonly folder: WorkingFolder;
  readonly stacks: HostStacks;
  readonly region: string;
  /** Address that Terraform has handed out: one of this machine's own. */
  readonly address: string;
  /** Public half of the key that opens it. */
  readonly authorizedKey: string;
  readonly application: Application;
  /** GiB. */
  readonly dataDisk: number;
}

/** Seconds that a boot may take on a busy machine. */
const BOOT = 300;

/** MiB of swap: in a container it is the kernel's, and a large file would only take time. */
const SWAP = 32;

/** The machine on AWS and its disk, played by a container that listens on the machine's own address. */
export class RehearsalMachine {
  private constructor(
    private readonly props: MachineProps,
    public readonly host: FakeHost,
    private readonly disk: Disk,
    private readonly metadata: MetadataServer,
  ) {}

  /** Makes it, switched off. */
  public static async create(props: MachineProps): Promise<RehearsalMachine> {
    const { root, folder, stacks, region, address, authorizedKey, dataDisk } = props;
    await FakeHost.build(root);
    const metadata = await MetadataServer.start(region);
    try {
      metadata.parameters.set(...(await stacks.hostKey()));
      const endpoint = `http://${await FakeHost.gateway()}:${metadata.port}`;
      const disk = await Disk.create(dataDisk * 1024, stacks.volumeId, folder.folder("disk"));
      const host = await FakeHost.create({
        name: folder.container,
        userData: redirected(await stacks.userData(), endpoint),
        disk,
        authorizedKey,
        publish: address,
        folder: folder.folder("seed"),
      });
      return new RehearsalMachine(props, host, disk, metadata);
    } catch (error) {
      await metadata.stop();
      throw error;
    }
  }

  /** Switches it on, and waits until it says that it is ready. */
  public async boot(): Promise<void> {
    await this.host.boot();
    await this.host.waitForStatus(/^ready$/, BOOT);
  }

  /** Gives its engine what a machine finds on the Internet. */
  public async provideImages(): Promise<void> {
    await provideBaseImages(this.host, this.props.application, readMachine(this.props.root).images ?? {});
  }

  public async dispose(): Promise<void> {
    await this.host.dispose();
    await this.disk.dispose();
    await this.metadata.stop();
  }
}

/** The user data as AWS has them, with the fakes' addresses in the place of AWS's own. */
export function redirected(userData: string, endpoint: string): string {
  const lines = ["SSM_ENDPOINT", "METADATA_ENDPOINT"].map((name) => `\n$1${name}=${endpoint}`).join("");
  const text = userData.replace(/^( *)REBOOT_TIME=.*$/m, `$&${lines}`);
  if (text === userData) throw new Error("the user data has no settings of the host any more");
  return text.replace(/^( *SWAP_MIB=)\d+$/m, `$1${SWAP}`);
}
