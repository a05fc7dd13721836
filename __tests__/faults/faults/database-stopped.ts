import { setTimeout as sleep } from "node:timers/promises";
import type { Fault } from "../support/fault";

const STOPPED = 20; // seconds

/** Seconds after MariaDB's return in which visitors must be served. */
const WELL = 2;

/** MariaDB does nothing for a while: a slow disk, a machine that is suspended. */
export const databaseStopped: Fault = {
  number: 9,
  title: "MariaDB stopped (SIGSTOP) for 20 s",
  where: ["local", "host"],
  survived: "nothing is killed; well within 2 s of its return",
  short: true,
  inject: async (trial) => {
    const { site } = trial;
    const before = await site.starts("web", "nginx", "database");
    await site.signal("database", "mariadbd", "STOP");
    await sleep(STOPPED * 1000);
    await site.signal("database", "mariadbd", "CONT");
    trial.ended();
    // Who was called ill meanwhile would be ended now.
    await sleep(10_000);
    const after = await site.starts("web", "nginx", "database");
    trial.check("nothing is killed", after === before, `${before}; then ${after}`);
  },
  judge: (trial, seen) => trial.checkWell(WELL, "its return", seen),
};
