import { Clone } from "./support/clone";
import { MINUTE } from "./support/counts";
import { waitFor } from "./support/run";
import { underLoad } from "./support/under-load";

/** Requests a second: enough to see that rows stay, few enough to let a slow machine recover. */
const LIGHT = 20;

let clone: Clone;

beforeAll(async () => {
  clone = await Clone.create("crashes");
  await clone.mustMake("up");
}, 6 * MINUTE);

/**
 * Kills the first process of a container as a crash does. Not by `docker kill`: the engine takes that for a stop by
 * hand, after which no restart policy acts.
 */
async function crash(role: string): Promise<void> {
  const { Id, State, RestartCount } = await clone.container(role);
  process.kill(State.Pid, "SIGKILL");
  await waitFor(`${role} restarts`, 30, async () => {
    const again = (await clone.containers(role)).find((container) => container.Id === Id);
    return again?.State.Status === "running" && again.RestartCount > RestartCount ? true : undefined;
  });
}

/** The application answers as before, a POST too. */
async function recovered(): Promise<void> {
  await waitFor("the application answers again", 60, async () => {
    const { status } = await clone.sign("after the crash").catch(() => ({ status: 0 }));
    return status === 201 ? true : undefined;
  });
}

describe.each(["web", "nginx", "database"])("after kill -9 of %s", (role) => {
  it(
    "everything returns by itself, and no row is lost",
    async () => {
      const before = await clone.sql("SELECT COUNT(*) FROM entries_entry;");
      const result = await underLoad(
        `kill -9 of ${role}`,
        clone,
        async () => {
          await crash(role);
          await recovered();
        },
        { rate: LIGHT },
      );
      // Requests may fail while it is gone, and are counted above. What was acknowledged is there.
      expect(result.lost).toEqual([]);
      expect(result.acknowledged.length).toBeGreaterThan(0);
      const [rows = "0"] = await clone.sql("SELECT COUNT(*) FROM entries_entry;");
      expect(Number(rows)).toBeGreaterThanOrEqual(Number(before[0]) + result.acknowledged.length);
      // It had all its time back before the load ended.
      expect(result.failures.filter(({ second }) => second > result.seconds - 0.5)).toEqual([]);
    },
    3 * MINUTE,
  );
});

it(
  "what crashed is still what the state knows: the next plan is empty",
  async () => {
    const { output } = await clone.mustMake("up");
    expect(output.match(/^✓ .*: no changes$/gm)).toHaveLength(3);
  },
  MINUTE,
);
