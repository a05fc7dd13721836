import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DeploymentError } from "../../config/errors";
import { KEY_FOLDER } from "../../config/files/ssh-keys";
import type { Host } from "../../config/host";
import { quote } from "../../pipeline/runner/shell-word";
import { interact, run } from "../computer/process";
import { machineProblems } from "../problems";
import { KNOWN_HOSTS, writeKnownHosts } from "./known-hosts";

/** ssh's configuration with the one alias `host`; relative to `deployment.ts`. */
export const SSH_CONFIG = join(KEY_FOLDER, "config");

/** Where releases lie on a host. */
export const HOST_FOLDER = "/home/ubuntu/srv/ubuntu";

/** The one program that the deploy key may call (assets/host/door). */
export const DOOR = "/usr/local/lib/django-deployment/door";

/** ssh's status when it has not come as far as the command, and a shell's when it knows no such command. */
const NO_CONNECTION = 255;
const NO_COMMAND = 127;

/** Writes what ssh needs to reach the machine, and no other one: its address, our key, its own key. */
export function writeSshConfig(root: string, address: string, host: Host): void {
  writeKnownHosts(root, address, host);
  const options = {
    HostName: address,
    User: "ubuntu",
    IdentityFile: `"${host.keys.deploy.file}"`,
    IdentitiesOnly: "yes",
    UserKnownHostsFile: `"${join(root, KNOWN_HOSTS)}"`,
    GlobalKnownHostsFile: "/dev/null",
    StrictHostKeyChecking: "yes",
    BatchMode: "yes",
    ConnectTimeout: "10",
    ServerAliveInterval: "15",
    ServerAliveCountMax: "4",
  };
  const lines = Object.entries(options).map(([name, value]) => `  ${name} ${value}\n`);
  writeFileSync(join(root, SSH_CONFIG), `Host host\n${lines.join("")}`, { mode: 0o600 });
}

/** The machine as our commands reach it. */
export class HostShell {
  /** Path of ssh's configuration; absolute. */
  public readonly config: string;
  /** The machine's address. */
  public readonly address: string;

  /**
   * @param root folder of `deployment.ts`; absolute
   * @throws {@link DeploymentError} when there is no machine yet
   */
  public constructor(
    root: string,
    private readonly host: Host,
  ) {
    this.config = join(root, SSH_CONFIG);
    if (!existsSync(this.config)) throw new DeploymentError([machineProblems.noMachine()]);
    this.address = /^ {2}HostName (.*)$/m.exec(readFileSync(this.config, "utf8"))?.[1] ?? "";
  }

  /**
   * Has the release that serves do something, with our own terminal.
   *
   * @returns the exit status
   * @throws {@link DeploymentError} when the machine can't be reached, or has no release
   */
  public async release(...words: readonly string[]): Promise<number> {
    const program = await this.program();
    const terminal = process.stdin.isTTY && process.stdout.isTTY ? ["-t"] : [];
    const command = [program, ...words].map(quote).join(" ");
    const status = await interact("ssh", ["-F", this.config, ...terminal, "host", command]);
    if (status === NO_CONNECTION) throw this.unreachable("the connection broke");
    return status;
  }

  /** What takes the words: the door, or on a host without one the release program itself. */
  private async program(): Promise<string> {
    const status = await this.ask(`${DOOR} has-release`);
    if (status === 0) return DOOR;
    const served = `${HOST_FOLDER}/current`;
    if (status !== NO_COMMAND || (await this.ask(`test -e ${served}`)) !== 0)
      throw new DeploymentError([machineProblems.noRelease()]);
    return `${served}/deploy/host/release`;
  }

  private async ask(command: string): Promise<number> {
    const { status, stderr } = await run("ssh", ["-F", this.config, "host", command]);
    if (status === NO_CONNECTION) throw this.unreachable(stderr.trim().split("\n").at(-1) ?? "");
    return status;
  }

  private unreachable(reason: string): DeploymentError {
    return new DeploymentError([
      machineProblems.hostUnreachable(this.address, reason, this.host.ssh.networks),
    ]);
  }
}
