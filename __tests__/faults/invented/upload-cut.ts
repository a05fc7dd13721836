import { setTimeout as sleep } from "node:timers/promises";
import { HOST_FOLDER } from "../../../cli/host/ssh";
import { processTree } from "../../e2e/support/run";
import type { Fault } from "../support/fault";
import { reasonIn } from "../support/trial";

/** What an upload has come to; nothing before the first file. */
const ARRIVED = `find ${HOST_FOLDER}/releases -mindepth 2 -path '*/.*.part/*' | head -n 1`;

/** Ends the upload on the host's side, and shortens each file that has arrived. */
const CUT = `pkill -KILL rsync; sleep 1
find ${HOST_FOLDER}/releases -path '*/.*.part/*' -type f -size +1 -exec truncate --size=-1 {} +`;

/** This computer goes away in the midst of an upload, and half of it stays on the host. */
export const uploadCut: Fault = {
  number: 35,
  title: "an upload of a release cut off, and what has arrived of it shortened",
  where: ["host"],
  survived: "nothing of it ever serves; the next release succeeds; no request fails",
  minutes: 8,
  inject: async (trial) => {
    const { site } = trial;
    site.clone.write("examples/guestbook/large.bin", "x".repeat(20_000_000));
    site.clone.release("half");
    const cut = site.startRelease();
    await trial.within(120, async () => (await site.onMachine(ARRIVED)).trim() !== "");
    await sleep(trial.random.between(0, 300));
    for (const pid of processTree(cut.pid)) process.kill(pid, "SIGKILL");
    await site.onMachine(`${CUT}; true`);
    await cut.done;
    trial.ended();
    trial.check("nothing of it serves", (await site.serving()) !== "half");
    site.clone.remove("examples/guestbook/large.bin");
    site.clone.release("whole");
    const { status, output } = await site.release();
    trial.check("the next release succeeds", status === 0, reasonIn(output));
    trial.check("it serves", (await site.serving()) === "whole");
  },
  judge: (trial, { failures }) =>
    trial.check(
      "no request fails",
      failures.length === 0,
      `${failures.length}: ${failures[0]?.reason ?? ""}`,
    ),
};
