import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { request } from "node:http";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { pythonPackages } from "../../support/python-packages";
import { pause } from "./web-containers";

const IMAGE = resolve(__dirname, "../../../assets/image");

/** gunicorn's arguments for our configuration. */
export const ARGUMENTS = ["--config", join(IMAGE, "gunicorn.conf.py")];

/** An answer, and the seconds that it took. */
export interface Timed {
  readonly status: number;
  readonly body: string;
  readonly seconds: number;
}

/** gunicorn with our configuration, and the application of the tests, in a folder of its own. */
export class Gunicorn {
  public readonly folder = mkdtempSync(join(tmpdir(), "gunicorn-"));
  public readonly socket = join(this.folder, "web.sock");
  public log = "";
  private process: ChildProcess | undefined;

  /** @param version of gunicorn. @default that of the other tests */
  public constructor(private readonly version?: string) {}

  /** What it is started with: one worker with one thread unless told otherwise. */
  public environment(extra: Record<string, string>): NodeJS.ProcessEnv {
    return {
      PATH: `${pythonPackages(this.version)}:${process.env["PATH"] ?? ""}`,
      PYTHONPATH: `${join(IMAGE, "python")}:${__dirname}`,
      PYTHONDONTWRITEBYTECODE: "1",
      WEB_BIND: `unix:${this.socket}`,
      WEB_LIVE_DIR: this.folder,
      WEB_CONCURRENCY: "1",
      WEB_THREADS: "1",
      ...extra,
    };
  }

  /** Starts it, and waits until its first worker does. */
  public async start(extra: Record<string, string> = {}): Promise<ChildProcess> {
    const child = spawn("gunicorn", [...ARGUMENTS, "application:application"], {
      cwd: this.folder,
      env: this.environment(extra),
    });
    this.process = child;
    child.stderr.on("data", (data: Buffer) => (this.log += data.toString()));
    while (!this.log.includes("Booting worker")) {
      if (child.exitCode !== null) throw new Error(this.log);
      await pause(20);
    }
    return child;
  }

  /** Process ids of all workers that have started until now. */
  public started(): number[] {
    return [...this.log.matchAll(/Booting worker with pid: (\d+)/g)].map(([, pid]) => Number(pid));
  }

  /** Process ids of the workers that run. */
  public workers(): number[] {
    const { pid } = this.process ?? {};
    return readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").trim().split(" ").map(Number);
  }

  /** One request. */
  public async get(path: string, headers: Record<string, string> = {}, body = ""): Promise<Timed> {
    const began = Date.now();
    return new Promise((done, failed) => {
      const method = body === "" ? "GET" : "POST";
      const sent = request({ socketPath: this.socket, path, headers, method, agent: false }, (response) => {
        const status = response.statusCode ?? 0;
        let answer = "";
        response.on("data", (part: Buffer) => (answer += part.toString()));
        response.on("end", () => done({ status, body: answer, seconds: (Date.now() - began) / 1000 }));
        response.on("error", failed);
      });
      sent.on("error", failed);
      sent.end(body);
    });
  }

  /** Sends a request and goes away. */
  public async leave(path: string): Promise<void> {
    const socket = connect(this.socket);
    await new Promise<void>((gone) => {
      socket.on("close", () => gone());
      socket.write(`GET ${path} HTTP/1.1\r\nHost: localhost\r\n\r\n`, () => socket.destroy());
    });
  }

  /** Ends it, and removes its folder. */
  public async remove(): Promise<void> {
    if (this.process?.exitCode === null && this.process.signalCode === null) {
      this.process.kill("SIGKILL");
      await once(this.process, "exit");
    }
    rmSync(this.folder, { recursive: true });
  }
}
