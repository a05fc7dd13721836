import { type ChildProcess, spawn } from "node:child_process";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { ROOT } from "../../support/guestbook";
import type { LoadOptions } from "./load";

/** A request that did not get the answer that it should. */
export interface LoadRequest {
  readonly kind: string;
  readonly number: number;
  /** When it was sent, seconds since the load began. */
  readonly second: number;
  /** Milliseconds until it failed. */
  readonly duration: number;
  readonly reason: string;
  /** Of the answer, when there was one. */
  readonly status?: number;
  /** Seconds of the answer's header Retry-After, when it has one. */
  readonly retryAfter?: number;
}

/** A file whose upload was acknowledged. */
export interface Upload {
  /** Path of its address, for example `/media/entries/2026/11/a.png`. */
  readonly path: string;
  readonly sha256: string;
}

/** What a load saw. */
export interface LoadReport {
  /** When it began. [milliseconds since 1970] */
  readonly began: number;
  readonly requests: number;
  readonly seconds: number;
  readonly counts: Readonly<Record<string, number>>;
  readonly failures: readonly LoadRequest[];
  /** Names of the rows whose POST was answered with 201: each one must be in the database. */
  readonly acknowledged: readonly string[];
  /** Files whose upload was answered with 201: each one must be in the media folder. */
  readonly uploads: readonly Upload[];
  /** Releases that answered. */
  readonly releases: readonly string[];
  /** Sent again since a kept connection had been closed before a byte came. */
  readonly repeated: number;
  readonly milliseconds: { readonly p50: number; readonly p99: number; readonly max: number };
}

/** A load that runs. */
export interface RunningLoad {
  /** Ends it after its last answer. */
  readonly stop: () => Promise<LoadReport>;
}

const started = new Set<ChildProcess>();
afterAll(() => started.forEach((child) => child.kill("SIGKILL")));

/** Starts a load in a process of its own. */
export async function startLoad(options: LoadOptions): Promise<RunningLoad> {
  const bundle = [join(ROOT, "tools", "bundle.mjs"), "__tests__/e2e/support/load.ts"];
  const child = spawn(process.execPath, [...bundle, JSON.stringify(options)], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  started.add(child);
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
  const line = async (): Promise<string> => {
    const next = await lines.next();
    if (next.done) throw new Error("the load generator has ended by itself; it said why above");
    return next.value;
  };
  await line();
  return {
    stop: async () => {
      child.stdin.end("stop\n");
      const report = JSON.parse(await line()) as LoadReport;
      started.delete(child);
      return report;
    },
  };
}

/** The report in one line, and each failure in one more. */
export function describeLoad({
  requests,
  seconds,
  counts,
  failures,
  repeated,
  milliseconds,
}: LoadReport): string {
  const rate = (requests / seconds).toFixed(1);
  const { p50, p99, max } = milliseconds;
  return [
    `${requests} requests in ${seconds.toFixed(0)} s (${rate}/s, ${JSON.stringify(counts)}), ${failures.length} failed, ` +
      `${repeated} sent again on a new connection; p50 ${p50} ms, p99 ${p99} ms, longest ${max} ms`,
    ...failures
      .slice(0, 20)
      .map((f) => `  ${f.second.toFixed(1)} s ${f.kind} after ${f.duration} ms: ${f.reason}`),
  ].join("\n");
}
