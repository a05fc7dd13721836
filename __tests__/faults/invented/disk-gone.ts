import type { Fault } from "../support/fault";
import { reasonIn } from "../support/trial";

/** Seconds after the boot in which visitors must be served. */
const BACK = 90;

/** The data disk answers with errors of input and output from one moment on, until the machine is started again. */
export const diskGone: Fault = {
  number: 32,
  title: "the data disk answers with errors, until the machine is started again",
  where: ["host"],
  survived:
    "a release is refused with the disk's error; after the boot everything that was acknowledged is served; nothing by hand",
  minutes: 12,
  inject: async (trial) => {
    const { site } = trial;
    await site.loseDisk();
    site.clone.release("without a disk");
    const { status, output } = await site.release();
    trial.check("the release is refused", status !== 0);
    trial.check("the refusal says why", /input\/output error|read-only/i.test(output), reasonIn(output));
    await site.reboot();
    trial.ended();
    const isBack = await trial.within(BACK, async () => site.isWell());
    trial.check(`visitors are served within ${BACK} s of the boot`, isBack);
    const again = await site.release();
    trial.check("the next release succeeds", again.status === 0, reasonIn(again.output));
  },
};
