import { setTimeout as sleep } from "node:timers/promises";
import type { Fault } from "../support/fault";
import { workersAndMaster } from "../support/processes";
import type { Site } from "../support/site";
import { askSlowly, workersOf } from "../support/slow-view";

/** Seconds of `web.timeout`, and for which the upstream does not answer. */
const LIMIT = 30;
const HANGS = 120;

/** Seconds after the limit in which a visitor must know, and then until visitors must be served. */
const TOLD = 5;
const WELL = 15;

/** Seconds in which each worker must have been replaced whose threads hang. */
const REPLACED = 60;

/** Seconds in which a visitor who finds no free thread must be told so. */
const BUSY = 5;

/** Every thread of web waits for something that never answers. */
export const hangingRequests: Fault = {
  number: 14,
  title: "every thread hangs on an upstream that does not answer",
  where: ["local", "host"],
  survived:
    "at web.timeout the visitors get 504 and the log shows where each thread is; one worker after the other is " +
    "replaced, each by one that starts first; other requests 200, or 503 with Retry-After within 5 s",
  short: true,
  inject: async (trial) => {
    const { site } = trial;
    const before = await site.starts("web", "nginx", "database");
    const { workers, threads } = await workersOf(site);
    const began = new Date();
    const seen = countingWorkers(site);
    // Who is turned away comes again: all threads shall hang.
    const until = Date.now() + 3000;
    const visit = async (): Promise<void> => {
      const { status, seconds } = await askSlowly(site, HANGS, LIMIT + 30);
      if (status === 503 && Date.now() < until) return visit();
      const told = status === 503 || (status === 504 && seconds >= LIMIT && seconds <= LIMIT + TOLD);
      trial.check(`504 within ${LIMIT + TOLD} s`, told, `HTTP ${status} after ${seconds.toFixed(1)} s`);
    };
    await Promise.all(Array.from({ length: workers * threads }, visit));
    trial.ended();
    let log = "";
    const isReplaced = await trial.within(REPLACED, async () => {
      log = await logOf(site, began);
      return workersIn(log, HUNG) === workersIn(log, GONE);
    });
    trial.check(
      `each worker that hangs is replaced within ${REPLACED} s`,
      isReplaced,
      `${workersIn(log, GONE)} of ${workersIn(log, HUNG)}`,
    );
    const counts = await seen.end();
    trial.check(
      "one worker at a time is replaced, by one that starts first",
      Math.min(...counts) >= workers && Math.max(...counts) <= workers + 1,
      `${Math.min(...counts)} to ${Math.max(...counts)} workers ran; expected ${workers} to ${workers + 1}`,
    );
    const isShown = workersIn(log, HUNG) > 0 && log.includes("time.sleep(seconds)");
    trial.check("the log shows where the threads are", isShown);
    const after = await site.starts("web", "nginx", "database");
    trial.check("no container is replaced", after === before, `${before}; then ${after}`);
  },
  judge: (trial, seen) => {
    const untold = seen.failures.filter(
      ({ status, retryAfter, duration }) =>
        status !== 503 || retryAfter === undefined || duration > BUSY * 1000,
    );
    trial.check(
      `other requests: 200, or 503 with Retry-After within ${BUSY} s`,
      untold.length === 0,
      `${untold.length} were not: ${untold[0]?.reason ?? ""}`,
    );
    trial.checkWell(WELL, "the 504s", seen);
  },
};

/** What a worker's log says of a request that hangs, and of its own end; first comes its process id. */
const HUNG = /\[(\d+)\] \[ERROR\] GET \/api\/slow\/ has taken/g;
const GONE = /\[(\d+)\] \[INFO\] A new worker has started/g;

/** How many workers say something. */
function workersIn(log: string, what: RegExp): number {
  return new Set([...log.matchAll(what)].map(([, pid]) => pid)).size;
}

/** Counts gunicorn's workers, over and over. */
function countingWorkers(site: Site): { readonly end: () => Promise<readonly number[]> } {
  const counts: number[] = [];
  const ended = new AbortController();
  const counting = (async () => {
    while (!ended.signal.aborted) {
      counts.push((await workersAndMaster(site, "web", "gunicorn")).workers.length);
      await sleep(300);
    }
  })();
  return {
    end: async () => {
      ended.abort();
      await counting;
      return counts;
    },
  };
}

async function logOf(site: Site, since: Date): Promise<string> {
  const { Id } = await site.container("web");
  const { stdout, stderr } = await site.docker(["logs", "--since", since.toISOString(), Id]);
  return stdout + stderr;
}
