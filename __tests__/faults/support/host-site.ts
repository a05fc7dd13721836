import { HOST_FOLDER } from "../../../cli/host/ssh";
import type { DeploymentInput } from "../../../config";
import type { Clone } from "../../e2e/support/clone";
import { HOST_SECTION, ReleasedHost } from "../../e2e/support/released-host";
import { type Outcome, run } from "../../e2e/support/run";
import { letSlowViewsHarm } from "./guestbook";
import { TRIED_COMMIT } from "./settings";
import { type Signal, Site } from "./site";

/** All visitors of the load come from one address. */
const PROXY = { rateLimit: 2000, connectionLimit: 2000 } as const;

/** A loopback address that no other run has: visitors find the host there whatever becomes of the machine. */
function ownAddress(): string {
  return `127.40.${(process.pid >> 8) & 255}.${process.pid & 255 || 1}`;
}

/** A deployment on the fake host. */
export class HostSite extends Site {
  public readonly where = "host";
  public readonly command = "make release";

  private constructor(public readonly host: ReleasedHost) {
    super();
  }

  /**
   * Makes a fake host and releases the guestbook to it.
   *
   * @param commit whose code does so. @default the one that is tried
   */
  public static async deploy(name: string, commit = TRIED_COMMIT): Promise<HostSite> {
    const host = await ReleasedHost.create(
      `flt-${name}`,
      { proxy: PROXY },
      { commit, address: ownAddress() },
    );
    // The default of nginx that older commits ask for; the machine has been given that of today.
    await host.machine.exec("sh", "-c", "docker tag $(docker images -q nginx | head -n 1) nginx:1.28");
    letSlowViewsHarm(host.clone);
    const site = new HostSite(host);
    await site.mustRelease();
    return site;
  }

  public get clone(): Clone {
    return this.host.clone;
  }

  public get origin(): string {
    return this.host.origin;
  }

  public configure(change: Partial<DeploymentInput> = {}): void {
    this.clone.configure({ ...change, proxy: { ...PROXY, ...change.proxy }, host: HOST_SECTION });
  }

  public async docker(args: readonly string[], input?: string): Promise<Outcome> {
    return run("docker", ["exec", "-i", this.host.machine.name, "docker", ...args], { input });
  }

  public async repairAccess(): Promise<{ readonly command: string; readonly outcome: Outcome }> {
    const command = `release repair-access --name ${this.clone.name}`;
    const outcome = await this.host.shell(`${HOST_FOLDER}/current/deploy/host/${command}`);
    return { command, outcome };
  }

  public override async restartEngine(): Promise<void> {
    const restart = "kill -9 $(pidof dockerd); sleep 1; service docker start";
    await this.host.machine.exec("sh", "-c", restart);
  }

  public override async reboot(): Promise<void> {
    await this.host.machine.losePower();
    await this.host.bootAlone();
  }

  public override async loseDisk(): Promise<void> {
    await this.host.machine.loseDisk();
  }

  public override async onMachine(script: string): Promise<string> {
    return this.host.machine.exec("sh", "-c", script);
  }

  public override async moveToCopy(): Promise<void> {
    await this.host.moveToCopy(`${this.clone.name}-copy`);
  }

  public override async loadBaseImages(): Promise<void> {
    await this.host.loadBaseImages();
  }

  public async kill(pid: number, signal: Signal): Promise<void> {
    await this.host.machine.exec("kill", `-${signal}`, String(pid));
  }
}
