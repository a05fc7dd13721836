import type { Fault } from "../support/fault";
import { reasonIn } from "../support/trial";

/** The host's list of name servers is empty: no name outside of it is found. */
export const namesLost: Fault = {
  number: 40,
  title: "/etc/resolv.conf emptied, and web restarted",
  where: ["host"],
  survived:
    "visitors are served, after web's restart too; a change of the code is released; no request fails but during the restart",
  minutes: 8,
  inject: async (trial) => {
    const { site } = trial;
    const kept = await site.onMachine("cat /etc/resolv.conf; : >/etc/resolv.conf");
    try {
      const { Id } = await site.container("web");
      await site.docker(["restart", Id]);
      trial.ended();
      trial.check("visitors are served", await trial.within(60, async () => site.isWell()));
      trial.judgedFrom();
      site.clone.release("without names");
      const { status, output } = await site.release();
      trial.check("the release succeeds", status === 0, reasonIn(output));
      trial.check("it serves", (await site.serving()) === "without names");
    } finally {
      await site.onMachine(`printf '%s\\n' '${kept.trim()}' >/etc/resolv.conf`);
    }
  },
  judge: (trial, seen) => trial.checkWell(0, "web's return", seen),
};
