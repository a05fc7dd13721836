import { readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { nginx } from "../../application/backing-services/nginx";
import { SOCKETS } from "../../application/processes/volumes";
import { processThatServes } from "../../application/registry/queries";
import type { Service } from "../../application/service";
import type { Container } from "../docker/container";
import { Deadline } from "../session/deadline";
import type { Report } from "../session/progress";
import type { Workspace } from "../workspace/workspace";

/** Seconds after which visitors are let go on in any case. Browsers wait for longer. */
const LIMIT = 20;

/** Seconds for the requests that are under way to end before the service stops. */
const DRAIN = 8;

/** Milliseconds between two looks. */
const PERIOD = 200;

type Engine = Pick<Workspace, "deployment" | "docker" | "root">;

/**
 * Has visitors wait while a service is exchanged: nginx takes their requests and passes them on later, so that none
 * fails (assets/nginx/hold.sh, which ends by itself).
 */
export class Hold {
  private ended = false;

  private constructor(
    private readonly engine: Engine,
    private readonly nginx: Container,
    /** What is exchanged. */
    private readonly service: Service,
    /** Id of its container that goes. */
    private readonly before: string | undefined,
  ) {}

  /** Begins to hold visitors, and waits for the requests that are under way. @returns undefined when nobody serves */
  public static async begin(engine: Engine, service: Service, report: Report): Promise<Hold | undefined> {
    const { deployment, docker, root } = engine;
    const running = (await docker.containers(deployment.name)).filter(({ status }) => status === "running");
    const [proxy, serving, before] = [nginx.name, processThatServes(), service.role].map((role) =>
      running.find((container) => container.role === role),
    );
    if (!proxy || !serving) return undefined;
    report(`visitors wait, ${LIMIT} s at most, while the ${service.role} is exchanged`);
    const script = readFileSync(join(root, "assets/nginx/hold.sh"), "utf8");
    await docker.try(["exec", "--detach", proxy.id, "sh", "-c", script, "hold", String(LIMIT)]);
    const hold = new Hold(engine, proxy, service, before?.id);
    await hold.drain(serving);
    return hold;
  }

  /** Lets visitors go on as soon as the service's next container answers, at the latest when {@link end} was called. */
  public async endWithSuccessor(): Promise<void> {
    while (!this.ended) {
      await sleep(PERIOD);
      if (await this.successorAnswers()) await this.end();
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
    const deadline = new Deadline(DRAIN);
    while (!deadline.isOver) {
      const { stdout } = await this.engine.docker.try(["exec", web.id, "sh", "-c", count]);
      if (Number(stdout) === 0) return;
      await sleep(PERIOD);
    }
  }

  private async successorAnswers(): Promise<boolean> {
    const { deployment, docker } = this.engine;
    const successor = (await docker.containers(deployment.name).catch(() => [])).find(
      ({ id, role, status }) => role === this.service.role && status === "running" && id !== this.before,
    );
    const check = this.service.healthCheck?.command ?? [];
    return successor !== undefined && (await docker.try(["exec", successor.id, ...check])).status === 0;
  }
}
