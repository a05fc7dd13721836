import type { Fault } from "../support/fault";
import type { Site } from "../support/site";
import { linkIsRight } from "../support/watches";

/** Seconds in which everything must be back, on its own. */
const BACK = 30;

const DISASTERS: readonly { readonly title: string; readonly happen: (site: Site) => Promise<void> }[] = [
  { title: "engine killed and started again", happen: (site) => site.restartEngine() },
  { title: "the engine's machine rebooted after a power cut", happen: (site) => site.reboot() },
];

/** The engine, or the machine under it, ends in cold blood and comes back. */
export const restarts: readonly Fault[] = DISASTERS.map(({ title, happen }) => ({
  number: 20,
  title,
  where: ["local", "host"],
  ownEngine: true,
  survived: `well within ${BACK} s; the link leads to the container that runs; nothing by hand`,
  inject: async (trial) => {
    trial.ended();
    await happen(trial.site);
    trial.check(
      "the link leads to the container that runs",
      await trial.within(90, () => linkIsRight(trial.site)),
    );
  },
  judge: (trial, seen) => trial.checkWell(BACK, "it", seen),
}));
