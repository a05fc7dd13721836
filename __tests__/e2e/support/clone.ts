import {
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { request } from "node:http";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { DeploymentInput } from "../../../config";
import { ROOT } from "../../support/guestbook";
import { KEEP } from "./counts";
import { Docker, type Inspected, lines } from "./docker";
import { mustRun, type Outcome, type Running, type RunOptions, run, start, succeeded } from "./run";

export interface CloneOptions {
  /** Start from nothing but the repository's files: packages and providers are installed again. @default false */
  readonly bare?: boolean;
  /** Another engine than this machine's. */
  readonly dockerHost?: string;
  /** Port of nginx. @default one that is free */
  readonly port?: number;
  /** Take another clone's deployment and ports, as a second checkout does. */
  readonly like?: Clone;
  /** Take the files of this commit instead of the working tree's. */
  readonly commit?: string;
  /** Take its `deployment.id` as well; false stands for another project of the same name. @default true */
  readonly withId?: boolean;
}

/** An answer of the application. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
  readonly bytes: Buffer;
}

/**
 * A clone of the repository as a user has it, in a temporary folder, with a deployment and ports of its own.
 * Everything of it is removed when the test file has ended.
 */
export class Clone {
  public readonly folder = mkdtempSync(join(tmpdir(), "django-deployment-"));
  public readonly docker: Docker;

  private constructor(
    /** Name of the deployment. */
    public readonly name: string,
    public readonly ports: { readonly web: number; readonly development: number; readonly database: number },
    private readonly options: CloneOptions,
  ) {
    this.docker = new Docker(options.dockerHost);
  }

  /**
   * @param name what the test is about; the deployment is called `e2e-<name>`
   */
  public static async create(name: string, options: CloneOptions = {}): Promise<Clone> {
    const ports = options.like?.ports ?? {
      web: options.port ?? (await freePort()),
      development: await freePort(),
      database: await freePort(),
    };
    const clone = new Clone(`e2e-${name}`, ports, options);
    created.push(clone);
    // What a run that was killed has left.
    if (!options.like) await clone.docker.wipe(clone.name);
    await (options.commit === undefined ? clone.copyRepository() : clone.copyCommit(options.commit));
    if (options.bare !== true) clone.shareInstallation();
    clone.configure();
    // It is committed.
    const id = options.like && join(options.like.folder, "deployment.id");
    if (id !== undefined && options.withId !== false && existsSync(id))
      clone.write("deployment.id", readFileSync(id, "utf8"));
    return clone;
  }

  /** Where nginx answers. */
  public get origin(): string {
    return `http://127.0.0.1:${this.ports.web}`;
  }

  /** Writes `deployment.ts`. */
  public configure(change: Partial<DeploymentInput> = {}): void {
    const input: DeploymentInput = {
      name: this.name,
      project: { folder: "examples/guestbook" },
      ...change,
      local: {
        port: this.ports.web,
        developmentPort: this.ports.development,
        databasePort: this.ports.database,
        ...(this.options.dockerHost !== undefined && { dockerHost: this.options.dockerHost }),
        ...change.local,
      },
    };
    this.write(
      "deployment.ts",
      `import { defineDeployment } from "./config";\n\nexport default defineDeployment(${JSON.stringify(input, null, 2)});\n`,
    );
  }

  /** Runs `make`; its status is the caller's to judge. */
  public async make(target: string, options: RunOptions & { readonly args?: string } = {}): Promise<Outcome> {
    return this.startMake(target, options).done;
  }

  public startMake(
    target: string,
    { args, ...options }: RunOptions & { readonly args?: string } = {},
  ): Running {
    return start("make", [target, ...(args === undefined ? [] : [`ARGS=${args}`])], {
      cwd: this.folder,
      ...options,
    });
  }

  /** Runs `make`, which must succeed. */
  public async mustMake(
    target: string,
    options: RunOptions & { readonly args?: string } = {},
  ): Promise<Outcome> {
    return succeeded(await this.make(target, options), `make ${target}`);
  }

  /** Runs a shell command in the clone's folder. */
  public async shell(command: string, options: RunOptions = {}): Promise<Outcome> {
    return run("bash", ["-c", command], { cwd: this.folder, ...options });
  }

  public read(path: string): string {
    return readFileSync(join(this.folder, path), "utf8");
  }

  public write(path: string, text: string): void {
    mkdirSync(dirname(join(this.folder, path)), { recursive: true });
    writeFileSync(join(this.folder, path), text);
  }

  public remove(path: string): void {
    rmSync(join(this.folder, path), { recursive: true, force: true });
  }

  /** Makes another release: the number that `/api/release/` answers. */
  public release(number: number | string): void {
    this.write("examples/guestbook/RELEASE", `${number}\n`);
  }

  public async containers(role?: string): Promise<Inspected[]> {
    return this.docker.containers(this.name, role);
  }

  /** The one container of a role that runs. */
  public async container(role: string): Promise<Inspected> {
    const running = (await this.containers(role)).filter(({ State }) => State.Status === "running");
    const [container] = running;
    if (!container || running.length > 1)
      throw new Error(`${running.length} containers of ${this.name} run as ${role}; expected 1`);
    return container;
  }

  /** Rows of a query, as root of the database. */
  public async sql(query: string): Promise<string[]> {
    const { Id } = await this.container("database");
    const client =
      'MYSQL_PWD="$(cat /run/secrets/database_root_password)" exec mariadb -uroot --batch --skip-column-names django';
    return lines(await this.docker.run(["exec", "-i", Id, "sh", "-c", client], { input: query }));
  }

  /** Names of the guestbook's entries that begin with a text. */
  public async entries(prefix: string): Promise<string[]> {
    return this.sql(`SELECT name FROM entries_entry WHERE name LIKE '${prefix}%' ORDER BY id;`);
  }

  /** Signs the guestbook. */
  public async sign(name: string): Promise<Answer> {
    return this.ask("/api/entries/", { method: "POST", json: { name, message: "Hello" } });
  }

  /** Asks the application, on a connection of its own. Rejects when there is no answer. */
  public async ask(
    path: string,
    { method = "GET", host, port = this.ports.web, json, body, headers = {} }: AskOptions = {},
  ): Promise<Answer> {
    const bytes = json === undefined ? body : Buffer.from(JSON.stringify(json));
    const all = {
      ...(json !== undefined && { "Content-Type": "application/json" }),
      ...(bytes && { "Content-Length": bytes.length }),
      ...(host !== undefined && { Host: host }),
      ...headers,
    };
    return new Promise((resolve, reject) => {
      const asked = request(
        `http://127.0.0.1:${port}${path}`,
        { method, headers: all, agent: false, timeout: 30_000 },
        (response) => {
          const chunks: Buffer[] = [];
          response.on("data", (chunk: Buffer) => chunks.push(chunk)).on("error", reject);
          response.on("end", () => {
            resolve({
              status: response.statusCode ?? 0,
              headers: response.headers,
              bytes: Buffer.concat(chunks),
              body: Buffer.concat(chunks).toString(),
            });
          });
        },
      );
      asked.on("timeout", () => asked.destroy(new Error(`no answer from ${path} within 30 s`)));
      asked.on("error", reject);
      asked.end(bytes);
    });
  }

  /** The release that answers. */
  public async serving(): Promise<string> {
    const { status, body } = await this.ask("/api/release/");
    if (status !== 200) throw new Error(`/api/release/ answers HTTP ${status}`);
    return (JSON.parse(body) as { release: string }).release;
  }

  /** Removes the deployment and the folder. */
  public async dispose(): Promise<void> {
    if (KEEP) return;
    await this.docker.wipe(this.name);
    rmSync(this.folder, { recursive: true, force: true });
  }

  /**
   * Replaces the files of {@link CloneOptions.commit} by the working tree's, as a user's `git pull` does. The deployment,
   * the project's own release and what the commands keep stay.
   */
  public async pull(): Promise<void> {
    const { commit } = this.options;
    if (commit === undefined) throw new Error("the clone has the working tree's files already");
    const kept = new Map(
      ["deployment.ts", "examples/guestbook/RELEASE"].map((file) => [file, this.read(file)]),
    );
    const git = [...repository(), "ls-tree", "-r", "-z", "--name-only", commit];
    for (const path of (await mustRun("git", git)).split("\0")) if (path !== "") this.remove(path);
    await this.copyRepository();
    for (const [file, text] of kept) this.write(file, text);
    this.agePackages();
  }

  /** The files as a commit of them would have them. */
  private async copyRepository(): Promise<void> {
    const git = [...repository(), "ls-files", "-z", "--cached", "--others", "--exclude-standard"];
    const paths = new Set((await mustRun("git", git)).split("\0"));
    for (const path of paths) {
      // The id of somebody's own deployment is none of a clone's.
      if (path === "" || path === "deployment.id" || !existsSync(join(ROOT, path))) continue;
      mkdirSync(dirname(join(this.folder, path)), { recursive: true });
      cpSync(join(ROOT, path), join(this.folder, path));
    }
  }

  private async copyCommit(commit: string): Promise<void> {
    const pipe = 'set -o pipefail; folder=$1; shift; git "$@" | tar -x -C "$folder"';
    const git = [...repository(), "archive", "--format=tar", commit];
    await mustRun("bash", ["-c", pipe, "copy", this.folder, ...git]);
  }

  /** Packages, and what `tools/setup` found and made on this machine, as a second `make up` finds them. */
  private shareInstallation(): void {
    symlinkSync(join(ROOT, "node_modules"), join(this.folder, "node_modules"));
    // An older commit has another lock file, and must not install its packages over those of the running tests.
    copyFileSync(join(ROOT, "package-lock.json"), join(this.folder, "package-lock.json"));
    this.agePackages();
    const machine = join(ROOT, ".deployment", "machine.json");
    if (existsSync(machine)) this.write(".deployment/machine.json", readFileSync(machine, "utf8"));
    for (const name of ["providers", "node"]) {
      const folder = join(ROOT, ".deployment", name);
      if (existsSync(folder)) symlinkSync(folder, join(this.folder, ".deployment", name));
    }
  }

  /** Packages are as new as make and the tools ask for. */
  private agePackages(): void {
    const { mtime } = statSync(join(ROOT, "node_modules"));
    utimesSync(join(this.folder, "package-lock.json"), mtime, new Date(mtime.getTime() - 1000));
  }
}

/** Options by which git works on the repository that holds the tests. */
export function repository(): string[] {
  return ["-c", `safe.directory=${ROOT}`, "-C", ROOT];
}

interface AskOptions {
  readonly method?: string;
  /** Name in the Host header. @default the address */
  readonly host?: string;
  /** @default nginx's */
  readonly port?: number;
  readonly json?: unknown;
  readonly body?: Buffer;
  readonly headers?: Readonly<Record<string, string>>;
}

const created: Clone[] = [];
afterAll(async () => {
  for (const clone of created) await clone.dispose();
}, 120_000);

/** A port that nobody listens on. */
export async function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.on("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => resolve(typeof address === "object" && address ? address.port : 0));
    });
  });
}
