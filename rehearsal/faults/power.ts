import { rolesThat } from "../../application/registry/queries";
import { HOST_FOLDER } from "../../cli/host/ssh";
import type { FakeHost } from "../host/host";
import type { Fault } from "./fault";

/** The machine's power is cut while the traffic is handed over, and comes back. */
export const reboot: Fault = {
  injected: "the machine's power cut while the new release takes over, and the machine started again",
  noticed: true,
  inject: async (environment) => {
    const { machine } = environment.props;
    const run = await environment.push("A release whose machine loses its power");
    await environment.said(run, "==> roll");
    await machine.host.powerCut();
    const end = await environment.failed(run, /connection to the host broke/);
    await machine.boot();
    return end;
  },
};

/** Waits on the machine itself: from here what is injected would come too late. Five minutes at most. */
const until = (condition: string): string =>
  `n=0; until ${condition} || [ $((n += 1)) -gt 15000 ]; do sleep 0.02; done`;

/** Kills MariaDB once the next release begins the first of its tasks, which comes before its migration. */
export async function killDatabaseBeforeMigration(host: FakeHost): Promise<void> {
  const [first = ""] = rolesThat(({ release }) => release === "before");
  const newest = `"$(ls -t ${HOST_FOLDER}/receipts/*.json | head -n 1)"`;
  await host.exec("sh", "-c", `${until(`grep -q '"step": "${first}"' ${newest}`)}; pkill -KILL mariadbd`);
}

/** The database dies in the midst of a release. */
export const databaseStopped: Fault = {
  injected: "kill -9 of MariaDB before the migration",
  noticed: true,
  inject: async (environment) => {
    const killed = killDatabaseBeforeMigration(environment.props.machine.host);
    const run = await environment.push("A release whose database dies");
    await killed;
    const { status } = await run.done;
    return status === "success"
      ? "the engine started MariaDB again, and the release waited for it"
      : "the run failed";
  },
};

/** The data volume is full. */
export const diskFull: Fault = {
  injected: "the data volume filled up to 300 MB, and emptied after the run",
  noticed: false,
  inject: async (environment) => {
    const fill =
      'fallocate -l "$(($(df --output=avail -B1 /data | tail -n 1) - 300000000))" /data/rehearsal-filler';
    await environment.onMachine(fill);
    try {
      return await environment.failed(
        await environment.push("A release without room"),
        /the disk is too full|disk of the host is full/,
      );
    } finally {
      await environment.onMachine("rm -f /data/rehearsal-filler");
    }
  },
};

/** Refuses every packet of ssh for 3 s, once the next release begins to be copied. */
export async function cutWhileCopying(host: FakeHost): Promise<void> {
  const rule = "INPUT -p tcp --dport 22 -j REJECT --reject-with tcp-reset";
  const copying = `[ -n "$(find ${HOST_FOLDER}/releases -maxdepth 1 -name '.*.part')" ]`;
  await host.exec("sh", "-c", `${until(copying)}; iptables -I ${rule} && sleep 3; iptables -D ${rule}`);
}

/** The network breaks while the release is copied. */
export const networkCut: Fault = {
  injected: "every packet of ssh refused for 3 s while the release is copied",
  noticed: false,
  inject: async (environment) => {
    const cut = cutWhileCopying(environment.props.machine.host);
    const run = await environment.push("A release whose network breaks");
    await cut;
    await environment.served(run);
    const tries = run.log.split("\n").filter((line) => /failed \(status \d+\); again in/.test(line));
    return tries.length === 0
      ? "the cut came between two connections"
      : `the upload went on by itself: ${tries[0] ?? ""}`;
  },
};
