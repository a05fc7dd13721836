import { Agent, request } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import type { LoadReport, LoadRequest, Upload } from "./load-report";
import { formOf, randomImage } from "./upload";

/**
 * An open-loop load: requests leave at a fixed rate, however long the answers take, as visitors' do. A closed loop
 * would send less just when the application is slow, and see less of what goes wrong then.
 *
 * A program of its own, so that the test that watches it does not disturb it: `node tools/bundle.mjs
 * __tests__/e2e/support/load.ts <options as JSON>`. Its first line says that it runs; after a line on standard
 * input it waits for the last answers and writes its report.
 */

export interface LoadOptions {
  /** Where the application answers, for example `http://127.0.0.1:8080`. */
  readonly origin: string;
  /** Requests a second. */
  readonly rate: number;
  /** Prefix of the names of all rows that this load writes. */
  readonly run: string;
  /** Leave the begin of each second of the clock without POSTs, see {@link WITHOUT_POSTS}. @default false */
  readonly pausePosts?: boolean;
  /** Let every other POST bring an image. @default false */
  readonly uploads?: boolean;
}

/** Longer than any answer may take: gunicorn's and nginx's own limits are 30 and 35 s. */
const TIMEOUT = 20_000;

type Kind = "page" | "list" | "post" | "upload" | "slow" | "css";

/**
 * Milliseconds at the begin of each second of the clock in which no POST is sent, but a list asked for: a test that
 * kills a server on purpose does it then, for no proxy can save a POST that is being worked on.
 */
const WITHOUT_POSTS = 250;

/** Of 60 requests 8 are pages, 10 lists, 14 POSTs, 26 files, and 2 take two seconds. */
const MIX: readonly Kind[] = [
  ...["page", "post", "css", "list", "css", "post", "css", "page", "post", "css"],
  ...["css", "list", "post", "css", "page", "css", "slow", "post", "css", "list"],
  ...["css", "post", "list", "css", "page", "css", "post", "css", "list", "css"],
] as Kind[];

interface Answer {
  readonly status: number;
  readonly body: string;
  /** Seconds of the header Retry-After. */
  readonly retryAfter?: number;
}

interface Body {
  readonly type: string;
  readonly bytes: Buffer;
}

class Load {
  private readonly began = Date.now();
  private readonly failures: LoadRequest[] = [];
  private readonly durations: number[] = [];
  private readonly acknowledged: string[] = [];
  private readonly uploads: Upload[] = [];
  private readonly counts: Record<Kind, number> = { page: 0, list: 0, post: 0, upload: 0, slow: 0, css: 0 };
  private readonly keepAlive = new Agent({ keepAlive: true, maxFreeSockets: 12 });
  private readonly running = new Set<Promise<void>>();
  private sent = 0;
  private repeated = 0;
  private releases = new Set<string>();
  private stopped = false;

  public constructor(
    private readonly options: LoadOptions,
    private readonly css: string,
  ) {}

  public async run(): Promise<void> {
    for (let next = performance.now(); !this.stopped; next += 1000 / this.options.rate) {
      const wait = next - performance.now();
      if (wait > 0) await sleep(wait);
      this.start(this.next(), this.sent++);
    }
  }

  private next(): Kind {
    const kind = MIX[this.sent % MIX.length] ?? "page";
    const pause = this.options.pausePosts === true && Date.now() % 1000 < WITHOUT_POSTS;
    if (kind === "post" && pause) return "list";
    return kind === "post" && this.options.uploads === true && this.sent % 2 === 1 ? "upload" : kind;
  }

  public async stop(): Promise<LoadReport> {
    this.stopped = true;
    const seconds = (Date.now() - this.began) / 1000;
    await Promise.all(this.running);
    this.durations.sort((a, b) => a - b);
    const quantile = (q: number): number =>
      Math.round(this.durations[Math.floor(this.durations.length * q)] ?? 0);
    return {
      began: this.began,
      requests: this.sent,
      seconds,
      counts: this.counts,
      failures: this.failures,
      acknowledged: this.acknowledged,
      uploads: this.uploads,
      releases: [...this.releases],
      repeated: this.repeated,
      milliseconds: { p50: quantile(0.5), p99: quantile(0.99), max: quantile(1 - Number.EPSILON) },
    };
  }

  private start(kind: Kind, number: number): void {
    this.counts[kind]++;
    const began = Date.now();
    const running = this.ask(kind, number)
      .catch((error: unknown) => {
        const reason = error instanceof Error ? error.message : String(error);
        this.failures.push({
          kind,
          number,
          second: (began - this.began) / 1000,
          duration: Date.now() - began,
          reason,
          ...(error instanceof WrongAnswer && { status: error.status, retryAfter: error.retryAfter }),
        });
      })
      .finally(() => {
        // The slow ones sleep by order; their time says nothing.
        if (kind !== "slow") this.durations.push(Date.now() - began);
        this.running.delete(running);
      });
    this.running.add(running);
  }

  private async ask(kind: Kind, number: number): Promise<void> {
    switch (kind) {
      case "page":
        expectAnswer(await this.fetch("GET", "/", number), 200, "<title>Guestbook</title>");
        return;
      case "list":
        expectAnswer(await this.fetch("GET", "/api/entries/", number), 200, '"results":[');
        return;
      case "css":
        expectAnswer(await this.fetch("GET", this.css, number), 200, "font");
        return;
      case "slow": {
        const answer = await this.fetch("GET", "/api/slow/?seconds=2", number);
        expectAnswer(answer, 200, '"seconds": 2');
        const { release } = JSON.parse(answer.body) as { release: string };
        this.releases.add(release);
        return;
      }
      case "post": {
        const name = `${this.options.run}-${number}`;
        const bytes = Buffer.from(JSON.stringify({ name, message: "load" }));
        const answer = await this.fetch("POST", "/api/entries/", number, { type: "application/json", bytes });
        expectAnswer(answer, 201, `"name":"${name}"`);
        this.acknowledged.push(name);
        return;
      }
      case "upload": {
        const name = `${this.options.run}-${number}`;
        const image = randomImage();
        const answer = await this.fetch("POST", "/api/entries/", number, formOf(name, image));
        expectAnswer(answer, 201, `"name":"${name}"`);
        const { image: url } = JSON.parse(answer.body) as { image: string };
        this.acknowledged.push(name);
        this.uploads.push({ path: new URL(url).pathname, sha256: image.sha256 });
        return;
      }
    }
  }

  /**
   * One request; every third on a connection of its own. Sent again once, as browsers do, when a connection that
   * was kept turns out to be closed before a byte has come: the server may always do that.
   */
  private async fetch(method: string, path: string, number: number, body?: Body): Promise<Answer> {
    const agent = (number + Math.floor(number / MIX.length)) % 3 === 0 ? false : this.keepAlive;
    try {
      return await send(this.options.origin, method, path, agent, body);
    } catch (error) {
      if (!(error instanceof ClosedConnection)) throw error;
      this.repeated++;
      return send(this.options.origin, method, path, false, body);
    }
  }
}

class ClosedConnection extends Error {}

/** An answer that is not the one that was wanted. */
class WrongAnswer extends Error {
  public readonly status: number;
  public readonly retryAfter?: number;

  public constructor({ status, retryAfter, body }: Answer, without = "") {
    super(`HTTP ${status}${without}: ${body.replace(/\s+/g, " ").slice(0, 120)}`);
    this.status = status;
    this.retryAfter = retryAfter;
  }
}

async function send(
  origin: string,
  method: string,
  path: string,
  agent: Agent | false,
  body?: Body,
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const headers = body ? { "Content-Type": body.type, "Content-Length": body.bytes.length } : {};
    const asked = request(`${origin}${path}`, { method, agent, headers }, (response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      response.on("error", reject);
      response.on("close", () => {
        if (!response.complete)
          reject(new Error(`the answer (HTTP ${response.statusCode ?? 0}) was cut off`));
      });
      response.on("end", () => {
        const after = response.headers["retry-after"];
        resolve({
          status: response.statusCode ?? 0,
          body: Buffer.concat(chunks).toString(),
          ...(after !== undefined && { retryAfter: Number(after) }),
        });
      });
    });
    const timer = setTimeout(() => asked.destroy(new Error(`no answer within ${TIMEOUT / 1000} s`)), TIMEOUT);
    asked.on("close", () => clearTimeout(timer));
    asked.on("error", (error: NodeJS.ErrnoException) => {
      const isStale = asked.reusedSocket && (error.code === "ECONNRESET" || error.code === "EPIPE");
      reject(isStale ? new ClosedConnection() : error);
    });
    asked.end(body?.bytes);
  });
}

function expectAnswer(answer: Answer, wanted: number, part: string): void {
  if (answer.status !== wanted) throw new WrongAnswer(answer);
  if (!answer.body.includes(part)) throw new WrongAnswer(answer, ` without ${part}`);
}

async function main(): Promise<void> {
  const options = JSON.parse(process.argv[2] ?? "{}") as LoadOptions;
  const page = await send(options.origin, "GET", "/", false);
  const css = /href="(\/static\/[^"]+\.css)"/.exec(page.body)?.[1];
  if (css === undefined)
    throw new Error(`no stylesheet in the page: HTTP ${page.status} ${page.body.slice(0, 200)}`);
  const load = new Load(options, css);
  process.stdout.write("running\n");
  void load.run();
  await new Promise((resolve) => process.stdin.once("data", resolve).once("end", resolve));
  process.stdout.write(`${JSON.stringify(await load.stop())}\n`, () => process.exit(0));
}

void main();
