import { DEFINITIONS } from "../../../application/registry/definitions";
import type { DeploymentInput } from "../../../config";
import type { Clone } from "../../e2e/support/clone";
import { type HealthCheck, type Inspected, lines } from "../../e2e/support/docker";
import type { Upload } from "../../e2e/support/load-report";
import { type Outcome, type Running, succeeded } from "../../e2e/support/run";
import type { Served } from "../../e2e/support/under-load";
import { processesOf } from "./processes";
import { wrongClock } from "./wrong-clock";

/** Where faults are injected: into a deployment on this computer, or into the fake host. */
export type Where = "local" | "host";

/** What a process is sent. */
export type Signal = "KILL" | "STOP" | "CONT" | "TERM";

/** A deployment of the guestbook that serves. Faults know nothing else of it than this. */
export abstract class Site implements Served {
  public abstract readonly where: Where;
  /** The checkout that it is deployed from. */
  public abstract readonly clone: Clone;
  public abstract readonly origin: string;

  /** Runs the docker client on the engine that runs the deployment. */
  public abstract docker(args: readonly string[], input?: string): Promise<Outcome>;

  /** Sends a signal to a process of that engine's machine. */
  public abstract kill(pid: number, signal: Signal): Promise<void>;

  /**
   * Brings the checkout's code to the site: `make up`, or `make release`.
   *
   * @param ahead seconds by which this computer's clock is wrong. @default 0
   */
  public async release(ahead = 0): Promise<Outcome> {
    return this.startRelease(ahead).done;
  }

  /** Writes `deployment.ts`: the site's own, with a change. */
  public abstract configure(change?: Partial<DeploymentInput>): void;

  /** Name of the command that {@link release} runs. */
  public abstract readonly command: string;

  private readonly originals = new Map<string, string>();

  /** A file of the checkout as it was when it was first asked for. */
  public original(path: string): string {
    const text = this.originals.get(path) ?? this.clone.read(path);
    this.originals.set(path, text);
    return text;
  }

  public async mustDocker(args: readonly string[], input?: string): Promise<string> {
    return succeeded(await this.docker(args, input), `docker ${args.join(" ")}`).stdout;
  }

  /** The same as {@link release}, and does not wait for its end. */
  public startRelease(ahead = 0): Running {
    return this.clone.startMake(this.command.replace(/^make /, ""), { env: wrongClock(ahead) });
  }

  public async mustRelease(): Promise<Outcome> {
    return succeeded(await this.release(), this.command);
  }

  /** Running containers of a role, the oldest first. */
  public async containers(role: string): Promise<Inspected[]> {
    const filters = [
      `label=django-deployment.name=${this.clone.name}`,
      `label=django-deployment.role=${role}`,
    ];
    const listed = await this.mustDocker([
      "ps",
      "-q",
      "--no-trunc",
      ...filters.flatMap((f) => ["--filter", f]),
    ]);
    const ids = lines(listed);
    if (ids.length === 0) return [];
    const { stdout } = await this.docker(["inspect", "--type", "container", ...ids]);
    return (JSON.parse(stdout) as Inspected[]).sort((a, b) => (a.Created < b.Created ? -1 : 1));
  }

  /** The one container of a role that runs. */
  public async container(role: string): Promise<Inspected> {
    const running = await this.containers(role);
    const [container] = running;
    if (!container || running.length > 1)
      throw new Error(`${running.length} containers of ${this.clone.name} run as ${role}; expected 1`);
    return container;
  }

  /** Which start of which container serves in each role: the same text means that nothing was ended. */
  public async starts(...roles: readonly string[]): Promise<string> {
    const containers = (await Promise.all(roles.map(async (role) => this.containers(role)))).flat();
    return containers.map(({ Id, State }) => `${Id.slice(0, 12)} since ${State.StartedAt}`).join(", ");
  }

  /** Sends a signal to a program of a role, however deep below the container's first process it runs. */
  public async signal(role: string, program: string, signal: Signal): Promise<void> {
    const found = await processesOf(this, role, program);
    if (found.length === 0) throw new Error(`no process ${program} runs in ${role}`);
    for (const { pid } of found) await this.kill(Number(pid), signal);
  }

  /** Runs a shell script in the container of a role. */
  public async inside(role: string, script: string, input?: string): Promise<Outcome> {
    const { Id } = await this.container(role);
    return this.docker(["exec", "-i", Id, "sh", "-c", script], input);
  }

  /** Rows of a query, as root of the database. */
  public async sql(query: string): Promise<string[]> {
    const client =
      'MYSQL_PWD="$(cat /run/secrets/database_root_password)" exec mariadb -uroot --batch --skip-column-names django';
    return lines(succeeded(await this.inside("database", client, query), "a query").stdout);
  }

  public async entries(prefix: string): Promise<string[]> {
    return this.sql(`SELECT name FROM entries_entry WHERE name LIKE '${prefix}%' ORDER BY id;`);
  }

  /** Where nginx has the volume of the uploads. */
  public async mediaFolder(): Promise<string> {
    const { Mounts } = await this.container("nginx");
    const media = Mounts.find(({ Name = "" }) => Name.endsWith("-media"))?.Destination;
    if (media === undefined) throw new Error("nginx mounts no volume for media");
    return media;
  }

  /** Names of the deployment's volumes. */
  public async volumes(): Promise<string[]> {
    const filter = `label=django-deployment.name=${this.clone.name}`;
    return lines(await this.mustDocker(["volume", "ls", "-q", "--filter", filter])).sort();
  }

  /** Names of those of its volumes that hold data; the others are made again. */
  public async dataVolumes(): Promise<string[]> {
    const withoutData = DEFINITIONS.flatMap(({ volumes = [] }) => volumes).filter(
      ({ data }) => data === undefined,
    );
    const disposable = new Set(withoutData.map(({ role }) => `${this.clone.name}-${role}`));
    return (await this.volumes()).filter((volume) => !disposable.has(volume));
  }

  /** Ends the engine in cold blood and lets it come back, as its supervisor would. @throws where it is everybody's */
  public restartEngine(): Promise<void> {
    return Promise.reject(new Error("this engine is not the site's own"));
  }

  /** Cuts the power of the engine's machine and switches it on again. @throws where it is everybody's */
  public reboot(): Promise<void> {
    return Promise.reject(new Error("this machine is not the site's own"));
  }

  /** Puts a new machine in the place of the engine's, with a copy of its disk. @throws where it is everybody's */
  public moveToCopy(): Promise<void> {
    return Promise.reject(new Error("this machine is not the site's own"));
  }

  /** Lets the disk with the data answer with errors until the machine is started again. @throws where it is everybody's */
  public loseDisk(): Promise<void> {
    return Promise.reject(new Error("this disk is not the site's own"));
  }

  /** Runs a shell script on the engine's machine, as root. @throws where it is everybody's */
  public onMachine(script: string): Promise<string> {
    return Promise.reject(new Error(`this machine is not the site's own: ${script}`));
  }

  /** The release that answers visitors: what the checkout's file RELEASE said; empty when none answers. */
  public async serving(): Promise<string> {
    const answer = await fetch(`${this.origin}/api/release/`);
    return answer.ok ? ((await answer.json()) as { release: string }).release : "";
  }

  /** Gives the engine what a registry would: the base images. @throws where they are everybody's */
  public loadBaseImages(): Promise<void> {
    return Promise.reject(new Error("this engine is not the site's own"));
  }

  /** Gives access to the database back after its passwords were lost: one command. */
  public abstract repairAccess(): Promise<{ readonly command: string; readonly outcome: Outcome }>;

  /** Those of the acknowledged files that are not in the media folder, or have other bytes. */
  public async filesLost(uploads: readonly Upload[]): Promise<string[]> {
    if (uploads.length === 0) return [];
    const media = await this.mediaFolder();
    const names = uploads.map(({ path }) => path.replace(/^\/media\//, ""));
    // A file that is missing makes the status 1; those that are there are printed.
    const { stdout } = await this.inside("nginx", `cd ${media} && xargs -d '\n' sha256sum`, names.join("\n"));
    const there = new Map(lines(stdout).map((line) => [line.slice(66), line.slice(0, 64)]));
    return uploads
      .filter(({ sha256 }, index) => there.get(names[index] ?? "") !== sha256)
      .map(({ path }) => path);
  }

  /** The health checks that the engine remembers of a role's newest container. */
  public async healthChecks(role: string): Promise<readonly HealthCheck[]> {
    return (await this.containers(role)).at(-1)?.State.Health?.Log ?? [];
  }

  /** Whether a visitor may read and write now. */
  public async isWell(): Promise<boolean> {
    try {
      const page = await fetch(this.origin, { signal: AbortSignal.timeout(5000) });
      const body = JSON.stringify({ name: "well", message: "Is it well?" });
      const headers = { "Content-Type": "application/json" };
      const request = { method: "POST", headers, body, signal: AbortSignal.timeout(5000) };
      const { status } = await fetch(`${this.origin}/api/entries/`, request);
      return page.status === 200 && status === 201;
    } catch {
      return false;
    }
  }
}
