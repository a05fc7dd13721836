import { HOST_FOLDER } from "../../../cli/host/ssh";
import type { Fault } from "../support/fault";
import { reasonIn } from "../support/trial";

/** Somebody was root in the folder of the releases, and its files are root's now. */
export const rootOwned: Fault = {
  number: 34,
  title: "the folder of the releases, and all in it, owned by root",
  where: ["host"],
  survived:
    "the next release succeeds, or is refused with the folder and the command that mends it; after that command, it succeeds",
  minutes: 8,
  inject: async (trial) => {
    const { site } = trial;
    await site.onMachine(`chown -R root:root ${HOST_FOLDER}`);
    trial.ended();
    site.clone.release("of root's folder");
    const { status, output } = await site.release();
    if (status !== 0) {
      const [command] = /sudo chown [^\n;,.]*ubuntu[^\n;,. ]*( \S+)?/.exec(output) ?? [];
      trial.check("the refusal names the command that mends it", command !== undefined, reasonIn(output));
      const mends = command?.replace(/^sudo /, "") ?? `chown -R ubuntu:ubuntu ${HOST_FOLDER}`;
      await site.onMachine(mends);
      trial.hand(`sudo ${mends}`);
      const again = await site.release();
      trial.check("the release after it succeeds", again.status === 0, reasonIn(again.output));
    }
    trial.check("it serves", (await site.serving()) === "of root's folder");
  },
  judge: (trial, { failures }) =>
    trial.check(
      "no request fails",
      failures.length === 0,
      `${failures.length}: ${failures[0]?.reason ?? ""}`,
    ),
};
