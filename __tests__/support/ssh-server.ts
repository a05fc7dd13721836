import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { connect, createServer } from "node:net";
import { userInfo } from "node:os";
import { join } from "node:path";
import { ROOT } from "./guestbook";
import { temporaryFolder } from "./synthesis";

/** A real sshd on this machine, which lets its own user in with one key. */
export class SshServer {
  /** Installs what it takes, and starts it on a free port. @param options of the key in authorized_keys */
  public static async start(options = ""): Promise<SshServer> {
    execFileSync(join(ROOT, "tools", "ssh-programs"), ["server"], { stdio: ["ignore", "ignore", "inherit"] });
    const server = new SshServer(await freePort(), options);
    await server.answers();
    return server;
  }

  /** File with the public keys that open it; absolute. */
  public readonly authorizedKeys: string;
  /** Private key that opens it. */
  public readonly key: string;
  /** Its line of known_hosts. */
  public readonly knownHosts: string;
  private readonly process: ChildProcess;

  private constructor(
    public readonly port: number,
    options: string,
  ) {
    const folder = temporaryFolder();
    const make = (name: string): string => {
      execFileSync("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-f", join(folder, name)]);
      return readFileSync(join(folder, `${name}.pub`), "utf8")
        .split(" ")
        .slice(0, 2)
        .join(" ");
    };
    this.authorizedKeys = join(folder, "authorized_keys");
    writeFileSync(this.authorizedKeys, `${options} ${make("user")}\n`, { mode: 0o600 });
    this.key = readFileSync(join(folder, "user"), "utf8");
    this.knownHosts = `[127.0.0.1]:${port} ${make("host")}`;
    const configuration = [
      `Port ${port}`,
      "ListenAddress 127.0.0.1",
      `HostKey ${join(folder, "host")}`,
      `AuthorizedKeysFile ${join(folder, "authorized_keys")}`,
      `PidFile ${join(folder, "pid")}`,
      "PasswordAuthentication no",
      "Subsystem sftp internal-sftp",
      "StrictModes no",
      "UsePAM no",
    ];
    writeFileSync(join(folder, "config"), `${configuration.join("\n")}\n`);
    // Where sshd goes after a root's login; packages make it at boot.
    if (process.getuid?.() === 0) mkdirSync("/run/sshd", { recursive: true });
    this.process = spawn("/usr/sbin/sshd", ["-D", "-e", "-f", join(folder, "config")], { stdio: "ignore" });
  }

  /** What the workflow has in its secrets, and what only this server needs. */
  public get secrets(): Record<string, string> {
    return {
      HOST: "127.0.0.1",
      KEY: this.key,
      KNOWN_HOSTS: this.knownHosts,
      SSH_PORT: String(this.port),
      SSH_USER: userInfo().username,
    };
  }

  public stop(): void {
    this.process.kill();
  }

  private async answers(): Promise<void> {
    for (let tries = 0; tries < 100; tries += 1) {
      const there = await new Promise<boolean>((resolve) => {
        const socket = connect(this.port, "127.0.0.1", () => {
          socket.destroy();
          resolve(true);
        });
        socket.on("error", () => resolve(false));
      });
      if (there) return;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    throw new Error("sshd does not answer");
  }
}

async function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => resolve(typeof address === "object" && address !== null ? address.port : 0));
    });
  });
}
