import { execFile, execFileSync, spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { createServer, type IncomingMessage, request, type Server, type ServerResponse } from "node:http";
import { connect, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { serviceOf } from "../../../application/application";
import { applicationOf } from "../../../application/model";
import { readMachine } from "../../../cli/computer/machine";
import { guestbook, ROOT } from "../../support/guestbook";

/** The nginx image as the stacks use it on this machine. */
export const NGINX_IMAGE = readMachine(ROOT).images?.["nginx"] ?? `nginx:${guestbook.proxy.image.version}`;

const ASSETS = join(ROOT, "assets", "nginx");
const NAME = `test-nginx-${process.pid}`;

/** An answer of nginx. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
}

/** How apply.sh is run. */
interface ApplyOptions {
  /** Its argument. @default `apply` */
  readonly mode?: string;
  /** The folder that holds it. @default ours */
  readonly assets?: string;
  /** A folder of programs that are found before those of the image. @default none */
  readonly programs?: string;
}

/** What the configuration is rendered with, as the application model says; high limits, a short name. */
export const ENVIRONMENT: Readonly<Record<string, string>> = {
  ...serviceOf(applicationOf(guestbook), "nginx-config").environment,
  NGINX_SERVER_NAMES: "localhost .example.com",
  NGINX_RATE: "100000",
  NGINX_RATE_BURST: "100000",
  NGINX_CONNECTIONS: "10000",
};

/** nginx in a container as the stack runs it, with a folder of this machine as /run/web, and static and media files. */
export class Nginx {
  private readonly folder = mkdtempSync(join(tmpdir(), "nginx-"));
  private readonly servers: Server[] = [];
  private readonly uploads: Socket[] = [];
  private port = 0;

  public constructor(private readonly image = NGINX_IMAGE) {
    for (const name of ["run", "static", "media"]) {
      mkdirSync(join(this.folder, name));
      chmodSync(join(this.folder, name), 0o777);
    }
    chmodSync(this.folder, 0o755);
  }

  /** Starts the container; it waits for a configuration. */
  public start(): void {
    const { entrypoint = [] } = serviceOf(applicationOf(guestbook), "nginx");
    const [program = "sh", ...rest] = entrypoint;
    docker(
      ...["run", "--detach", "--name", NAME, "--volume", `${NAME}:/etc/nginx/deployment:ro`],
      ...["--user", "101:10001", "--read-only", "--cap-drop", "ALL", "--security-opt", "no-new-privileges"],
      ...["--tmpfs", "/tmp", "--tmpfs", "/var/cache/nginx", "--publish", "127.0.0.1::8080"],
      ...["--volume", `${this.folder}/run:/run/web`, "--volume", `${this.folder}/static:/srv/static:ro`],
      ...["--volume", `${this.folder}/media:/srv/media:ro`],
      ...["--entrypoint", program, this.image, ...rest],
    );
    this.port = Number(docker("port", NAME, "8080").trim().split("\n")[0]?.split(":").at(-1));
  }

  /** Runs apply.sh as the task of the stack does. */
  public async apply(
    environment: Readonly<Record<string, string>> = ENVIRONMENT,
    { mode = "apply", assets = ASSETS, programs }: ApplyOptions = {},
  ): Promise<{ status: number; output: string }> {
    const variables = Object.entries(environment).flatMap(([name, value]) => ["--env", `${name}=${value}`]);
    const args = [
      ...["run", "--rm", "--user", "0:0", "--network", "none", "--cap-drop", "ALL"],
      ...["--cap-add", "SETUID", "--cap-add", "SETGID", "--security-opt", "no-new-privileges"],
      ...(mode === "apply" ? ["--pid", `container:${NAME}`, "--volume", `${this.folder}/run:/run/web`] : []),
      ...["--volume", `${NAME}:/etc/nginx/deployment`, "--volume", `${assets}:/upload:ro`],
      ...(programs === undefined ? [] : ["--volume", `${programs}:/usr/local/sbin:ro`]),
      ...[...variables, "--entrypoint", "sh", this.image, "/upload/apply.sh", mode],
    ];
    return new Promise((done) => {
      const child = execFile("docker", args, (_error, stdout, stderr) =>
        done({ status: child.exitCode ?? -1, output: stdout + stderr }),
      );
    });
  }

  /** A command in the container. */
  public exec(...command: string[]): string {
    return docker("exec", NAME, ...command);
  }

  /** Copies the configuration that is in use to this machine; returns the folder. */
  public configuration(): string {
    const target = join(this.folder, "configuration");
    rmSync(target, { recursive: true, force: true });
    docker("cp", `${NAME}:/etc/nginx/deployment`, target);
    return join(target, this.exec("readlink", "/etc/nginx/deployment/current").trim());
  }

  /** Puts a file into the static or the media volume. */
  public put(path: string, content: string | Buffer): void {
    const file = join(this.folder, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, content);
  }

  /** Puts a symbolic link into the static or the media volume. */
  public putLink(path: string, target: string): void {
    symlinkSync(target, join(this.folder, path));
  }

  /** An application behind a socket of this name. */
  public async application(
    socket: string,
    answer: (request: IncomingMessage, response: ServerResponse, body: string) => void,
  ): Promise<Server> {
    const server = createServer({ maxHeaderSize: 65_536 }, (incoming, response) => {
      const parts: Buffer[] = [];
      incoming.on("data", (part: Buffer) => parts.push(part));
      incoming.on("end", () => answer(incoming, response, Buffer.concat(parts).toString()));
    });
    this.servers.push(server);
    const path = join(this.folder, "run", socket);
    rmSync(path, { force: true });
    await new Promise<void>((listening) => server.listen(path, listening));
    chmodSync(path, 0o666);
    return server;
  }

  /** Points `web.sock` or `previous.sock` at a socket. */
  public link(name: string, socket: string): void {
    const path = join(this.folder, "run", name);
    rmSync(path, { force: true });
    symlinkSync(socket, path);
  }

  /** One request from outside. */
  public async get(
    path: string,
    {
      method = "GET",
      host = "localhost",
      headers = {},
      body = "",
    }: {
      method?: string;
      host?: string;
      headers?: Record<string, string>;
      body?: string | Buffer;
    } = {},
  ): Promise<Answer> {
    return new Promise((done, failed) => {
      const sent = request(
        {
          ...{ host: "127.0.0.1", port: this.port, path, method, agent: false },
          headers: {
            host,
            ...headers,
            ...(body.length > 0 && { "content-length": Buffer.byteLength(body) }),
          },
        },
        (response) => {
          const parts: Buffer[] = [];
          response.on("data", (part: Buffer) => parts.push(part));
          response.on("end", () =>
            done({
              status: response.statusCode ?? 0,
              headers: response.headers,
              body: Buffer.concat(parts).toString(),
            }),
          );
        },
      );
      sent.on("error", failed);
      sent.end(body);
    });
  }

  /** Begins to upload a body that never comes to its end. Its connection closes with {@link remove}, or by hand. */
  public async stalledUpload(size: number): Promise<Socket> {
    const socket = connect(this.port, "127.0.0.1");
    this.uploads.push(socket);
    const head = `POST /api/ HTTP/1.1\r\nHost: localhost\r\nContent-Length: ${size}\r\n\r\n`;
    await new Promise<void>((sent) => socket.write(head + "x".repeat(size - 1), () => sent()));
    return socket;
  }

  /** What nginx has logged. */
  public log(): string {
    return execFileSync("sh", ["-c", 'docker logs "$0" 2>&1', NAME], { encoding: "utf8" });
  }

  /** Ends everything. */
  public remove(): void {
    for (const socket of this.uploads) socket.destroy();
    for (const server of this.servers) server.close();
    spawnSync("docker", ["rm", "--force", NAME]);
    spawnSync("docker", ["volume", "rm", "--force", NAME]);
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** Runs docker; its output. */
export function docker(...args: string[]): string {
  return execFileSync("docker", args, { encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
}
