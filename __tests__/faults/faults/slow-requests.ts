import { setTimeout as sleep } from "node:timers/promises";
import type { Fault } from "../support/fault";
import type { Site } from "../support/site";
import { askSlowly, workersOf } from "../support/slow-view";
import { badChecks, healthChecksDuring } from "../support/watches";

/** Seconds that each slow request takes, and for which slow visitors come. */
const EACH = 28;
const IN_ALL = 60;

/** Seconds in which a visitor who can't be served must be told so. */
const TOLD = 5;

/** Every thread of web is held by a slow view, and as many slow requests wait. */
export const slowRequests: Fault = {
  number: 1,
  title: "2 × threads slow requests (28 s) at once, for 60 s",
  where: ["local", "host"],
  survived:
    "liveness answers within 1 s; other requests 200, or 503 with Retry-After within 5 s; no 502; no container replaced",
  short: true,
  inject: async (trial) => {
    const { site } = trial;
    const before = await site.starts("web", "nginx", "database");
    const { workers, threads } = await workersOf(site);
    const visitors = 2 * workers * threads;
    const checks = await healthChecksDuring(site, "web", async () => {
      const until = Date.now() + IN_ALL * 1000;
      await Promise.all(Array.from({ length: visitors }, async () => visit(site, until)));
    });
    trial.ended();
    const bad = badChecks(checks, 1);
    trial.check(
      "liveness answers within 1 s",
      checks.length > 0 && bad.length === 0,
      `${bad.length} of ${checks.length} checks: ${bad[0] ?? "none ran"}`,
    );
    const after = await site.starts("web", "nginx", "database");
    trial.check("no container is replaced", after === before, `${before}; then ${after}`);
  },
  judge: (trial, { failures }) => {
    const untold = failures.filter(
      ({ status, retryAfter, duration }) =>
        status !== 503 || retryAfter === undefined || duration > TOLD * 1000,
    );
    trial.check(
      "other requests: 200, or 503 with Retry-After within 5 s",
      untold.length === 0,
      `${untold.length} were not: ${untold[0]?.reason ?? ""}`,
    );
    const bad = failures.filter(({ status }) => status === 502);
    trial.check("no 502", bad.length === 0, `${bad.length}`);
  },
};

/** Asks for the slow page over and over; who is told to come back does so. Who waits still at the end gives up. */
async function visit(site: Site, until: number): Promise<void> {
  while (Date.now() < until - EACH * 1000) {
    const { status } = await askSlowly(site, EACH, (until - Date.now()) / 1000);
    if (status !== 200) await sleep(1000);
  }
}
