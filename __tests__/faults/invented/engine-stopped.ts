import { setTimeout as sleep } from "node:timers/promises";
import type { Fault } from "../support/fault";
import { reasonIn } from "../support/trial";

/** Seconds for which the engine does nothing. */
const STOPPED = 40;

/** Seconds in which a visitor who can't be served must be told so; and after the engine's return, be served. */
const TOLD = 5;
const WELL = 15;

/** The engine hangs while a release gives the traffic to the new container: a disk that stalls, or memory that is short. */
export const engineStopped: Fault = {
  number: 36,
  title: `the engine stopped (SIGSTOP) for ${STOPPED} s in the midst of a release`,
  where: ["host"],
  survived:
    `MariaDB and nginx are not replaced; requests: 200, or 503 with Retry-After within ${TOLD} s; well within ${WELL} s of ` +
    "its return; the next release serves; nothing by hand",
  minutes: 8,
  inject: async (trial) => {
    const { site } = trial;
    const before = await site.starts("nginx", "database");
    site.clone.release("while the engine hangs");
    const release = site.startRelease();
    await trial.within(180, () => Promise.resolve(release.output().includes("==> roll")));
    await sleep(trial.random.between(0, 2000));
    await site.onMachine("kill -STOP $(pidof dockerd)");
    await sleep(STOPPED * 1000);
    await site.onMachine("kill -CONT $(pidof dockerd)");
    trial.ended();
    const { status, output } = await release.done;
    console.log(`the release ended with status ${status}: ${reasonIn(output)}`);
    const after = await site.starts("nginx", "database");
    trial.check("MariaDB and nginx are not replaced", after === before, `${before}; then ${after}`);
    site.clone.release("after the engine");
    const again = await site.release();
    trial.check("the next release succeeds", again.status === 0, reasonIn(again.output));
    trial.check("it serves", (await site.serving()) === "after the engine");
  },
  // While the engine hangs, nobody finds the database by its name: the engine answers that.
  judge: (trial, seen) => {
    const untold = seen.failures.filter(
      ({ status, retryAfter, duration }) =>
        status !== 503 || retryAfter === undefined || duration > TOLD * 1000,
    );
    trial.check(
      `requests: 200, or 503 with Retry-After within ${TOLD} s`,
      untold.length === 0,
      `${untold.length} were not: ${untold[0]?.reason ?? ""}`,
    );
    trial.checkWell(WELL, "the engine's return", seen);
  },
};
