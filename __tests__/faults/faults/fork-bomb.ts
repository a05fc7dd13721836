import type { Fault } from "../support/fault";

/** Seconds for which it forks, and after which visitors must be served. */
const BOMB = 20;
const WELL = 10;

/** Forks wherever it can until the time is over, in every process that it has made. */
const FORK = `
import os, time

until = time.time() + ${BOMB}
while time.time() < until:
    try:
        os.fork()
    except OSError:
        time.sleep(0.01)
os._exit(0)
`;

/** A program of the project's multiplies inside web. */
export const forkBomb: Fault = {
  number: 13,
  title: "fork bomb in web, for 20 s",
  where: ["local", "host"],
  survived: "contained: nothing but web may suffer; well within 10 s of its end",
  inject: async (trial) => {
    const { site } = trial;
    const before = await site.starts("nginx", "database");
    await site.inside("web", "exec python -", FORK);
    trial.ended();
    const after = await site.starts("nginx", "database");
    trial.check("database and nginx are not restarted", after === before, `${before}; then ${after}`);
  },
  judge: (trial, seen) => trial.checkWell(WELL, "its end", seen),
};
