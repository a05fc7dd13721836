import type { Fault } from "../support/fault";
import { reasonIn } from "../support/trial";

/** A day, as the clock of this computer is wrong. [seconds] */
const DAY = 86_400;

/** Names by which a release is called by a clock that is wrong. */
const CLOCKS = [
  { title: "a day ahead", seconds: DAY },
  { title: "a day behind", seconds: -DAY },
] as const;

/** The clock of this computer is wrong, and is right again for the next release. */
export const clocks: readonly Fault[] = CLOCKS.map(({ title, seconds }) => ({
  number: 30,
  title: `this computer's clock ${title}, then right`,
  where: ["local", "host"],
  survived: "both releases serve; on a host the way back leads to the release that served before",
  minutes: 10,
  inject: async (trial) => {
    const { site } = trial;
    for (const [name, wrong] of [
      [`clock ${title}`, seconds],
      [`clock right after ${title}`, 0],
    ] as const) {
      site.clone.release(name);
      const { status, output } = await site.release(wrong);
      trial.check(`the release by the clock of ${wrong} s succeeds`, status === 0, reasonIn(output));
      trial.check("it serves", (await site.serving()) === name, name);
    }
    if (site.where === "local") return;
    const back = await site.clone.make("rollback");
    trial.check("the way back succeeds", back.status === 0, reasonIn(back.output));
    const serving = await site.serving();
    trial.check("it leads to the release before", serving === `clock ${title}`, serving);
  },
}));
