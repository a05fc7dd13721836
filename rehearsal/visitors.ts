import { request } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import type { Deployment } from "../config/deployment";

export interface VisitorsProps {
  /** Page that is asked for; its host is where the connection goes. */
  readonly url: URL;
  /** Name in the Host header. */
  readonly host: string;
  /** Whether an answer is as it should be. */
  readonly accepts: (status: number) => boolean;
  /** Requests a second. */
  readonly rate: number;
}

/** The site that a rehearsal has released: its address, and the host name by which visitors ask for it. */
export class ServedSite {
  public readonly origin: string;
  public readonly host: string;

  /** @param address of the machine */
  public constructor(
    private readonly deployment: Deployment,
    address: string,
  ) {
    this.origin = `http://${address}`;
    this.host = deployment.host?.domain ?? address;
  }

  /** Status of the first page. */
  public async firstPage(): Promise<number> {
    return ask({ url: new URL("/", this.origin), host: this.host });
  }

  /** Visitors come while something is done. @returns what they saw, with what was done */
  public async during<T>(action: () => Promise<T>): Promise<readonly [Seen, T]> {
    const visitors = this.open();
    try {
      const done = await action();
      return [await visitors.stop(), done];
    } finally {
      await visitors.stop();
    }
  }

  private open(): Visitors {
    const { healthAnyAnswer, healthPath } = this.deployment.project;
    const accepts = (status: number): boolean => status < (healthAnyAnswer ? 500 : 400);
    return Visitors.start({ url: new URL(healthPath, this.origin), host: this.host, accepts, rate: RATE });
  }
}

/** Requests a second while something is released. */
export const RATE = 10;

/** What visitors have seen. */
export interface Seen {
  readonly sent: number;
  readonly failed: number;
  /** Seconds between the first and the last request that failed; 0: none or one has. */
  readonly seconds: number;
  /** Why requests failed, each reason with its count. */
  readonly reasons: Readonly<Record<string, number>>;
}

/** Longest that an answer may take. [milliseconds] */
const PATIENCE = 20_000;

/** Asks for a page at a fixed rate, however long answers take, each on a connection of its own. */
export class Visitors {
  private readonly asked = new Set<Promise<void>>();
  private readonly reasons: Record<string, number> = {};
  private sent = 0;
  private failures: number[] = [];
  private stopped = false;

  private constructor(private readonly props: VisitorsProps) {}

  public static start(props: VisitorsProps): Visitors {
    const visitors = new Visitors(props);
    void visitors.run();
    return visitors;
  }

  /** Waits for the last answers. */
  public async stop(): Promise<Seen> {
    this.stopped = true;
    await Promise.all(this.asked);
    const [first = 0, last = 0] = [this.failures[0], this.failures.at(-1)];
    const { sent, reasons } = this;
    return { sent, failed: this.failures.length, seconds: (last - first) / 1000, reasons };
  }

  private async run(): Promise<void> {
    for (let next = performance.now(); !this.stopped; next += 1000 / this.props.rate) {
      const wait = next - performance.now();
      if (wait > 0) await sleep(wait);
      this.start();
    }
  }

  private start(): void {
    const began = Date.now();
    this.sent++;
    const asked = ask(this.props)
      .then((status) => {
        if (!this.props.accepts(status)) throw new Error(`HTTP ${status}`);
      })
      .catch((error: unknown) => {
        const reason = error instanceof Error ? error.message.replace(/ [\d.]+:\d+$/, "") : String(error);
        this.reasons[reason] = (this.reasons[reason] ?? 0) + 1;
        this.failures.push(began);
      })
      .finally(() => this.asked.delete(asked));
    this.asked.add(asked);
  }
}

/** One request; the status of its answer, which must be whole. */
async function ask({ url, host }: Pick<VisitorsProps, "url" | "host">): Promise<number> {
  return new Promise((resolve, reject) => {
    const asked = request(url, { headers: { Host: host }, agent: false }, (response) => {
      response.resume();
      response.on("error", reject);
      response.on("close", () => {
        if (response.complete) resolve(response.statusCode ?? 0);
        else reject(new Error("the answer was cut off"));
      });
    });
    const timer = setTimeout(
      () => asked.destroy(new Error(`no answer within ${PATIENCE / 1000} s`)),
      PATIENCE,
    );
    asked.on("close", () => clearTimeout(timer));
    asked.on("error", reject);
    asked.end();
  });
}

/** @throws when a visitor has seen anything */
export function spared(seen: Seen): Seen {
  if (seen.failed > 0) throw new Error(`visitors should have seen nothing: ${seenLine(seen)}`);
  return seen;
}

/** Requests in words. */
export function seenLine({ sent, failed, seconds, reasons }: Seen): string {
  const why = Object.entries(reasons).map(([reason, count]) => `${count} × ${reason}`);
  const most = why.slice(0, 3).join(", ") + (why.length > 3 ? ", …" : "");
  return `${sent} requests, ${failed} failed${failed === 0 ? "" : ` within ${seconds.toFixed(1)} s (${most})`}`;
}
