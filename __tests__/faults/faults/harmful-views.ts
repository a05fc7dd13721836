import type { Fault } from "../support/fault";
import { workersAndMaster } from "../support/processes";
import type { Seen } from "../support/seen";
import { askSlowly, workersOf } from "../support/slow-view";
import type { Trial } from "../support/trial";

/** Seconds of `web.timeout`, and of what its end may take. */
const LIMIT = 30;
const END = 5;

/** Other requests that a worker may have at once with the one that does harm. */
const neighbours = new WeakMap<Trial, number>();

function judge(trial: Trial, { failures }: Seen): void {
  const most = neighbours.get(trial) ?? 0;
  trial.check(
    `at most ${most} other requests fail`,
    failures.length <= most,
    `${failures.length}: ${failures[0]?.reason ?? ""}`,
  );
}

/** A view takes more memory than its container may have. */
export const memoryTaken: Fault = {
  number: 11,
  title: "a view that allocates 1 GB",
  where: ["local", "host"],
  survived: "no container is replaced; at most threads - 1 other requests fail",
  inject: async (trial) => {
    const { site } = trial;
    const before = await site.starts("web", "nginx", "database");
    neighbours.set(trial, (await workersOf(site)).threads - 1);
    await askSlowly(site, 0, LIMIT, "allocate");
    trial.ended();
    const after = await site.starts("web", "nginx", "database");
    trial.check("no container is replaced", after === before, `${before}; then ${after}`);
  },
  judge,
};

/** A view whose C code never lets another thread of its worker run. */
export const workerHeld: Fault = {
  number: 12,
  title: "a C loop that holds the GIL",
  where: ["local", "host"],
  survived: `the worker is replaced within web.timeout + ${END} s, and no container; at most threads - 1 other requests fail`,
  inject: async (trial) => {
    const { site } = trial;
    const before = await site.starts("web", "nginx", "database");
    neighbours.set(trial, (await workersOf(site)).threads - 1);
    const { workers } = await workersAndMaster(site, "web", "gunicorn");
    const held = workers.map(({ pid }) => pid);
    const asked = askSlowly(site, 0, 2 * LIMIT, "hold");
    const isReplaced = await trial.within(LIMIT + END, async () => {
      const now = (await workersAndMaster(site, "web", "gunicorn")).workers.map(({ pid }) => pid);
      return now.length === held.length && now.some((pid) => !held.includes(pid));
    });
    trial.ended();
    await asked;
    trial.check(`the worker is replaced within ${LIMIT + END} s`, isReplaced);
    const after = await site.starts("web", "nginx", "database");
    trial.check("no container is replaced", after === before, `${before}; then ${after}`);
  },
  judge,
};
