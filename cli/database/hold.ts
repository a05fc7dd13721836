import { readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { serviceOf } from "../../application/application";
import { SOCKETS } from "../../application/services/defaults";
import type { Container } from "../docker/container";
import type { Report } from "../session/progress";
import type { Workspace } from "../workspace/workspace";

/** Seconds after which visitors are let go on in any case. Browsers wait for longer. */
const LIMIT = 20;

/** Milliseconds for the requests that are under way to end before the database stops. */
const DRAIN = 8000;

/** Milliseconds between two looks. */
const PERIOD = 200;

type Engine = Pick<Workspace, "application" | "deployment" | "docker" | "root">;

/**
 * Has visitors wait while the database is exchanged: nginx takes their requests and passes them on later, so that none
 * fails (assets/nginx/hold.sh, which ends by itself).
 */
export class Hold {
  private ended = false;

  private constructor(
    private readonly engine: Engine,
    private readonly nginx: Container,
    /** Id of the database's container that goes. */
    private readonly before: string | undefined,
  ) {}

  /** Begins to hold visitors, and waits for the requests that are under way. @returns undefined when nobody serves */
  public static async begin(engine: Engine, report: Report): Promise<Hold | undefined> {
    const { deployment, docker, root } = engine;
    const running = (await docker.containers(deployment.name)).filter(({ status }) => status === "running");
    const [nginx, web, database] = ["nginx", "web", "database"].map((role) =>
      running.find((container) => container.role === role),
    );
    if (!nginx || !web) return undefined;
    report(`visitors wait, ${LIMIT} s at most, while the database is exchanged`);
    const script = readFileSync(join(root, "assets", "nginx", "hold.sh"), "utf8");
    await docker.try(["exec", "--detach", nginx.id, "sh", "-c", script, "hold", String(LIMIT)]);
    const hold = new Hold(engine, nginx, database?.id);
    await hold.drain(web);
    return hold;
  }

  /** Lets visitors go on as soon as another database answers; ends at the latest when {@link end} was called. */
  public async endWithDatabase(): Promise<void> {
    while (!this.ended) {
      await sleep(PERIOD);
      if (await this.databaseAnswers()) await this.end();
    }
  }

  /** Lets visitors go on. */
  public async end(): Promise<void> {
    if (this.ended) return;
    this.ended = true;
    await this.engine.docker.try(["exec", this.nginx.id, "touch", "/tmp/hold-ends"]);
  }

  /** Waits until a web container works on no request: the kernel lists the connections to its socket. */
  private async drain(web: Container): Promise<void> {
    const count = `grep -c ' 03 *[0-9]* ${SOCKETS}/' /proc/net/unix`;
    const deadline = Date.now() + DRAIN;
    while (Date.now() < deadline) {
      const { stdout } = await this.engine.docker.try(["exec", web.id, "sh", "-c", count]);
      if (Number(stdout) === 0) return;
      await sleep(PERIOD);
    }
  }

  private async databaseAnswers(): Promise<boolean> {
    const { application, deployment, docker } = this.engine;
    const database = (await docker.containers(deployment.name).catch(() => [])).find(
      ({ id, role, status }) => role === "database" && status === "running" && id !== this.before,
    );
    const check = serviceOf(application, "database").healthCheck?.command ?? [];
    return database !== undefined && (await docker.try(["exec", database.id, ...check])).status === 0;
  }
}
