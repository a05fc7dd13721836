import type { Fault } from "../support/fault";
import { workersAndMaster } from "../support/processes";
import { linkIsRight } from "../support/watches";

/** Seconds after the signal in which visitors must be served. */
const WELL = 30;

/** Somebody sends SIGTERM to gunicorn's master: it ends well, and nobody has asked for that. */
export const masterEnded: Fault = {
  number: 38,
  title: "SIGTERM to gunicorn's master",
  where: ["local", "host"],
  survived: `well within ${WELL} s; the link leads to the container that runs; nothing by hand`,
  inject: async (trial) => {
    const { site } = trial;
    const { master } = await workersAndMaster(site, "web", "gunicorn");
    trial.check("gunicorn has one master", master.length === 1, `${master.length}`);
    for (const { pid } of master) await site.kill(Number(pid), "TERM");
    trial.ended();
    trial.check("the link leads to the container that runs", await trial.within(90, () => linkIsRight(site)));
  },
  judge: (trial, seen) => trial.checkWell(WELL, "the signal", seen),
};
