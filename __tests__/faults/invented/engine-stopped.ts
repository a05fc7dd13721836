import { setTimeout as sleep } from "node:timers/promises";
import type { Fault } from "../support/fault";
import { reasonIn } from "../support/trial";

/** Seconds for which the engine does nothing. */
const STOPPED = 40;

/** The engine hangs while a release gives the traffic to the new container: a disk that stalls, or memory that is short. */
export const engineStopped: Fault = {
  number: 36,
  title: `the engine stopped (SIGSTOP) for ${STOPPED} s in the midst of a release`,
  where: ["host"],
  survived: "no request fails; the release serves, or the next one does; nothing by hand",
  minutes: 8,
  inject: async (trial) => {
    const { site } = trial;
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
    site.clone.release("after the engine");
    const again = await site.release();
    trial.check("the next release succeeds", again.status === 0, reasonIn(again.output));
    trial.check("it serves", (await site.serving()) === "after the engine");
  },
  judge: (trial, { failures }) =>
    trial.check(
      "no request fails",
      failures.length === 0,
      `${failures.length}: ${failures[0]?.reason ?? ""}`,
    ),
};
