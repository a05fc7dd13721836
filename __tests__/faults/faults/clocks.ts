import type { Outcome } from "../../e2e/support/run";
import type { Fault } from "../support/fault";
import type { Site } from "../support/site";
import { reasonIn } from "../support/trial";

/** A day, by which a clock is wrong. [seconds] */
const DAY = 86_400;

const CLOCKS = [
  { title: "a day ahead", seconds: DAY },
  { title: "a day behind", seconds: -DAY },
] as const;

/** Python's clock, on the host: its own time of day can't be set without that of this computer. */
const SHIFTED = `import datetime, time
true = time.time
time.time = lambda: true() + SECONDS
class Shifted(datetime.datetime):
    @classmethod
    def now(cls, tz=None):
        return super().now(tz) + datetime.timedelta(seconds=SECONDS)
datetime.datetime = Shifted`;

/** Each Python program of the host reads it when it starts. */
const MODULE = "/usr/lib/python3/dist-packages/wrong_clock";

/** Releases by a clock that is wrong. @param seconds how far ahead it is */
type Releases = (site: Site, seconds: number) => Promise<Outcome>;

/** This computer's, by which a release is called. */
const ofComputer: Releases = (site, seconds) => site.release(seconds);

/** The host's, which the release program, the door and cron's look ask. */
const ofHost: Releases = async (site, seconds) => {
  const text = SHIFTED.replaceAll("SECONDS", String(seconds));
  await site.onMachine(
    seconds === 0
      ? `rm -f ${MODULE}.py ${MODULE}.pth`
      : `printf '%s\n' '${text}' >${MODULE}.py; echo 'import wrong_clock' >${MODULE}.pth`,
  );
  return site.release();
};

const WHOSE: readonly {
  readonly clock: string;
  readonly where: Fault["where"];
  readonly release: Releases;
}[] = [
  { clock: "this computer's clock", where: ["local", "host"], release: ofComputer },
  { clock: "the host's clock", where: ["host"], release: ofHost },
];

/** The clock of one of both is wrong, and is right again for the next release. */
export const clocks: readonly Fault[] = WHOSE.flatMap(({ clock, where, release }) =>
  CLOCKS.map(({ title, seconds }): Fault => ({
    number: 30,
    title: `${clock} ${title}, then right`,
    where,
    survived: "both releases serve; on a host the way back leads to the release that served before",
    minutes: 10,
    inject: async (trial) => {
      const { site } = trial;
      const names = [`${clock} ${title}`, `${clock} right after ${title}`] as const;
      for (const [index, name] of names.entries()) {
        const wrong = index === 0 ? seconds : 0;
        site.clone.release(name);
        const { status, output } = await release(site, wrong);
        trial.check(`the release by the clock of ${wrong} s succeeds`, status === 0, reasonIn(output));
        trial.check("it serves", (await site.serving()) === name, name);
      }
      if (site.where === "local") return;
      const back = await site.clone.make("rollback");
      trial.check("the way back succeeds", back.status === 0, reasonIn(back.output));
      const serving = await site.serving();
      trial.check("it leads to the release before", serving === names[0], serving);
    },
  })),
);
