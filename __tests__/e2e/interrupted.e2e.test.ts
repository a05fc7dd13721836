import { setTimeout as sleep } from "node:timers/promises";
import { signalGroup } from "../../rehearsal/actions/process-group";
import { Clone } from "./support/clone";
import { INTERRUPTIONS, MINUTE } from "./support/counts";
import { processTree } from "./support/run";

let clone: Clone;
let release = 1;

beforeAll(async () => {
  clone = await Clone.create("interrupted");
  // The image is built before, so that the points in time mean the same on a machine that has it and one that hasn't.
  await clone.mustMake("up");
}, 6 * MINUTE);

const WAYS = {
  /** What the terminal does: a signal to everything in the foreground, which Terraform is kept out of. */
  "Ctrl-C": (pid: number) => signalGroup(pid, "SIGINT"),
  /** Everything at once, Terraform and its providers too. */
  "kill -9": (pid: number) => {
    for (const member of processTree(pid)) {
      try {
        process.kill(member, "SIGKILL");
      } catch {
        // It has ended since.
      }
    }
  },
} as const;

it.each(INTERRUPTIONS)(
  "$way $seconds s after the start of make up for $what: the next one carries on",
  async ({ way, what, seconds }) => {
    if (what === "the first deployment") {
      await clone.docker.wipe(clone.name);
      clone.remove(".deployment/state");
      clone.remove(".deployment/terraform");
    }
    clone.release(++release);
    const running = clone.startMake("up");
    await Promise.race([sleep(seconds * 1000), running.done]);
    WAYS[way](running.pid);
    const { status, output } = await running.done;
    const last = output.trimEnd().split("\n").slice(-3).join(" | ");
    console.log(`${way} after ${seconds} s (${what}): status ${status}: ${last}`);

    await clone.mustMake("up");
    expect(await clone.serving()).toBe(String(release));
    await expectNoStray();
    expect((await clone.mustMake("up")).output.match(/^✓ .*: no changes$/gm)).toHaveLength(3);
  },
  5 * MINUTE,
);

/** One container of each kind runs, and no other one is left but the tasks of this deployment. */
async function expectNoStray(): Promise<void> {
  const roles = (await clone.containers()).map(({ Config, State }) => [
    Config.Labels["django-deployment.role"],
    State.Status,
  ]);
  expect(roles.sort()).toEqual([
    ["database", "running"],
    ["holder", "running"],
    ["migrate", "exited"],
    ["nginx", "running"],
    ["nginx-check", "exited"],
    ["nginx-config", "exited"],
    ["secrets", "exited"],
    ["web", "running"],
  ]);
}
