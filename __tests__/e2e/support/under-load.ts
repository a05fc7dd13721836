import { setTimeout as sleep } from "node:timers/promises";
import { RATE } from "./counts";
import type { LoadOptions } from "./load";
import { type LoadReport, describeLoad, startLoad } from "./load-report";

/** What a load saw, and what became of the rows that it wrote. */
export interface LoadResult extends LoadReport {
  /** Rows whose POST was acknowledged and that are not in the database: never any. */
  readonly lost: readonly string[];
  /** Rows that are there more than once. */
  readonly doubled: readonly string[];
}

/** Something that serves the guestbook. */
export interface Served {
  /** Where it answers, for example `http://127.0.0.1:8080`. */
  readonly origin: string;
  /** Names of the guestbook's entries that begin with a text. */
  entries(prefix: string): Promise<string[]>;
}

let loads = 0;

/**
 * Does something while requests come in, and counts what went wrong meanwhile; prints it.
 *
 * @param title what is measured
 */
export async function underLoad(
  title: string,
  served: Served,
  action: () => Promise<void>,
  { rate = RATE, pausePosts, uploads }: Partial<Omit<LoadOptions, "origin" | "run">> = {},
): Promise<LoadResult> {
  const run = `load-${process.pid}-${loads++}`;
  const load = await startLoad({ origin: served.origin, rate, run, pausePosts, uploads });
  let report: LoadReport;
  try {
    await sleep(1000);
    await action();
    await sleep(1000);
  } finally {
    report = await load.stop();
    console.log(`${title}: ${describeLoad(report)}`);
  }
  const rows = await served.entries(`${run}-`);
  const there = new Set(rows);
  return {
    ...report,
    lost: report.acknowledged.filter((name) => !there.has(name)),
    doubled: rows.filter((name, index) => rows.indexOf(name) !== index),
  };
}

/** Every request was answered as it should be, at the rate that was asked for, and every row is there once. */
export function expectNothingLost(
  { failures, lost, doubled, requests, seconds, counts }: LoadResult,
  rate: number = RATE,
): void {
  expect({ failures, lost, doubled }).toEqual({ failures: [], lost: [], doubled: [] });
  // The load was what it claims to be.
  expect(requests / seconds).toBeGreaterThan(rate * 0.85);
  expect(counts["post"]).toBeGreaterThan(0);
  expect(counts["slow"]).toBeGreaterThan(0);
}
