import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import {
  mkdirSync,
  mkdtempSync,
  readlinkSync,
  readdirSync,
  rmSync,
  writeFileSync,
  existsSync,
  readFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { signalGroup } from "../../../rehearsal/actions/process-group";

const BIN = resolve(__dirname, "../../../assets/image/bin");

/** What one run of the health check said. */
export interface Check {
  readonly healthy: boolean;
  readonly output: string;
}

/** Several web containers on one volume, without Docker: processes with names of their own and a folder. */
export class WebContainers {
  /** The volume `/run/web`. */
  public readonly folder = mkdtempSync(join(tmpdir(), "hand-over-"));
  private readonly containers: WebContainer[] = [];

  public constructor(private readonly environment: Readonly<Record<string, string>> = {}) {}

  /**
   * A container that was not started yet.
   *
   * @param extra its own environment variables @default none: those of all
   */
  public container(name: string, extra: Readonly<Record<string, string>> = {}): WebContainer {
    const container = new WebContainer(name, this.folder, { ...this.environment, ...extra });
    this.containers.push(container);
    return container;
  }

  /** A container that runs. */
  public async started(name: string, extra: Readonly<Record<string, string>> = {}): Promise<WebContainer> {
    const container = this.container(name, extra);
    await container.start();
    return container;
  }

  /** A container that has taken the traffic and served for the soak time. */
  public async serving(name: string, extra: Readonly<Record<string, string>> = {}): Promise<WebContainer> {
    const container = await this.started(name, extra);
    await container.becomesHealthy();
    return container;
  }

  /** Name of the container that the traffic goes to, or of the one that served before. */
  public behind(link: "web.sock" | "previous.sock"): string | undefined {
    try {
      return /^\d{12}-(.+)\.sock$/.exec(readlinkSync(join(this.folder, link)))?.[1];
    } catch {
      return undefined;
    }
  }

  /** Names in the volume or in a folder of it. */
  public files(folder = ""): string[] {
    return existsSync(join(this.folder, folder)) ? readdirSync(join(this.folder, folder)).sort() : [];
  }

  /** Ends everything. */
  public async remove(): Promise<void> {
    await Promise.all(this.containers.map((container) => container.kill()));
    rmSync(this.folder, { recursive: true });
  }
}

/** One of the containers. */
export class WebContainer {
  private process: ChildProcess | undefined;

  public constructor(
    public readonly name: string,
    private readonly folder: string,
    private readonly extra: Readonly<Record<string, string>>,
  ) {}

  /** Runs `web` until it listens, as the engine would at the first start and at each restart. */
  public async start(): Promise<void> {
    // Memory is empty at each start.
    rmSync(this.memory(), { recursive: true, force: true });
    mkdirSync(this.memory());
    const child = spawn(join(BIN, "web"), { env: this.environment(), stdio: ["ignore", "pipe", "pipe"] });
    this.process = child;
    let output = "";
    child.stderr.on("data", (data: Buffer) => (output += data.toString()));
    await new Promise<void>((listening, failed) => {
      child.stdout.on("data", (data: Buffer) => {
        output += data.toString();
        if (output.includes("ready")) listening();
      });
      child.once("exit", () => failed(new Error(`web of ${this.name} ended: ${output}`)));
    });
    child.removeAllListeners("exit");
  }

  /** Dies on the spot, and leaves its socket behind. */
  public async kill(): Promise<void> {
    await this.end("SIGKILL");
  }

  /** Is stopped by the engine. */
  public async stop(): Promise<void> {
    await this.end("SIGTERM");
  }

  /**
   * From now on its pages answer with this status ("hang": not at all), or the page of one path alone. Further
   * words are a path that it redirects to.
   */
  public answers(status: string, path = ""): void {
    writeFileSync(`${this.statusFile()}${path.replaceAll("/", "+")}`, status);
  }

  /** The requests that it got, as text. */
  public requests(): string {
    return readFileSync(this.requestsFile(), "utf8");
  }

  /** One health check, as the engine runs it each second. */
  public async check(): Promise<Check> {
    return new Promise((done) => {
      execFile(join(BIN, "health"), { env: this.environment() }, (error, stdout, stderr) =>
        done({ healthy: error === null, output: stdout + stderr }),
      );
    });
  }

  /** Starts a health check and kills it after some milliseconds, with whatever it had started. */
  public async checkKilledAfter(milliseconds: number): Promise<void> {
    const child = spawn(join(BIN, "health"), { env: this.environment(), stdio: "ignore", detached: true });
    const ended = once(child, "exit");
    const timer = setTimeout(() => {
      if (child.pid !== undefined) signalGroup(child.pid, "SIGKILL");
    }, milliseconds);
    await ended;
    clearTimeout(timer);
  }

  /** Checks until it is healthy; fails after `seconds`. */
  public async becomesHealthy(seconds = 10): Promise<void> {
    const deadline = Date.now() + seconds * 1000;
    for (;;) {
      const { healthy, output } = await this.check();
      if (healthy) return;
      if (Date.now() > deadline) throw new Error(`${this.name} does not become healthy: ${output}`);
      await pause(100);
    }
  }

  private async end(signal: NodeJS.Signals): Promise<void> {
    const child = this.process;
    this.process = undefined;
    if (child?.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, "exit");
    child.kill(signal);
    await ended;
  }

  private statusFile(): string {
    return join(this.folder, `.status-${this.name}`);
  }

  private requestsFile(): string {
    return join(this.folder, `.requests-${this.name}`);
  }

  /** Has gunicorn's last sign of life end now, or so many seconds from now. */
  public livesFor(seconds: number): void {
    const [uptime = "0"] = readFileSync("/proc/uptime", "utf8").split(".");
    writeFileSync(
      join(this.memory(), "alive-until"),
      `${String(Number(uptime) + seconds).padStart(12, "0")}\n`,
    );
  }

  /** Whether its gunicorn runs. */
  public get runs(): boolean {
    return this.process?.exitCode === null && this.process.signalCode === null;
  }

  /** What this start of it knows, in the container's memory. */
  public memory(): string {
    return join(this.folder, `.memory-${this.name}`);
  }

  /** The environment of this container's processes. */
  public environment(): NodeJS.ProcessEnv {
    return {
      PATH: `${join(__dirname, "bin")}:${process.env["PATH"] ?? ""}`,
      FAKE_STATUS: this.statusFile(),
      FAKE_REQUESTS: this.requestsFile(),
      WEB_RUN_DIR: this.folder,
      WEB_NAME: this.name,
      WEB_LOG: "/dev/null",
      WEB_LIVE_DIR: this.memory(),
      WEB_WSGI: "config.wsgi:application",
      WEB_SOAK: "0",
      WEB_LOOK_AFTER: "",
      WEB_LOOK_EACH: "",
      WEB_LOOK_LOG: "/dev/null",
      WEB_PROBE_SECONDS: "1",
      WEB_HEALTH_PATH: "/health/",
      WEB_HEALTH_HOST: "shop.example.com",
      ...this.extra,
    };
  }
}

/** Waits. */
export async function pause(milliseconds: number): Promise<void> {
  await new Promise((done) => setTimeout(done, milliseconds));
}
