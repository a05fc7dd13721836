import { setTimeout as sleep } from "node:timers/promises";
import type { Fault } from "../support/fault";
import { workersAndMaster } from "../support/processes";

/** How often, a second apart. */
const TIMES = 5;

/** Seconds after the last time in which visitors must be served. */
const WELL = 2;

/** nginx's workers crash, over and over. */
export const proxyWorkersKilled: Fault = {
  number: 37,
  title: `kill -9 of every worker of nginx, ${TIMES} times`,
  where: ["local", "host"],
  survived: `no container is replaced; well within ${WELL} s of the last time`,
  inject: async (trial) => {
    const { site } = trial;
    const before = await site.starts("nginx", "web", "database");
    for (let times = 0; times < TIMES; times++) {
      const { workers } = await workersAndMaster(site, "nginx", "nginx");
      trial.check("nginx has workers", workers.length > 0);
      for (const { pid } of workers) await site.kill(Number(pid), "KILL");
      trial.judgedFrom();
      await sleep(1000);
    }
    trial.ended();
    const after = await site.starts("nginx", "web", "database");
    trial.check("no container is replaced", after === before, `${before}; then ${after}`);
  },
  judge: (trial, seen) => trial.checkWell(WELL, "the last time", seen),
};
