import { Clone, freePort } from "./support/clone";
import { MINUTE } from "./support/counts";
import { NestedEngine } from "./support/engine";
import { waitFor } from "./support/run";
import { addTally, COUNTING, expectCounting } from "./support/tally/tally";
import { underLoad } from "./support/under-load";

/** Requests a second. */
const LIGHT = 20;

let clone: Clone;
let engine: NestedEngine;

beforeAll(async () => {
  const web = await freePort();
  engine = await NestedEngine.start("e2e-engine-machine", web);
  clone = await Clone.create("engine", { dockerHost: engine.host, port: web });
  // Published on the nested machine's own address, from where it is published on this one.
  clone.configure({ ...COUNTING, local: { address: "0.0.0.0", memory: 4096 } });
  addTally(clone);
}, 6 * MINUTE);

it(
  "make up deploys to the engine that deployment.ts names",
  async () => {
    await clone.mustMake("up");
    expect((await clone.sign("before")).status).toBe(201);
  },
  8 * MINUTE,
);

describe.each([
  ["kill -9 of the Docker engine", () => engine.killEngine()],
  ["a power cut", () => engine.cutPower()],
])("after %s", (title, disaster) => {
  it(
    "everything returns by itself, a backing service and a process too, and no row is lost",
    async () => {
      const before = await clone.sql("SELECT COUNT(*) FROM entries_entry;");
      const { acknowledged, lost } = await underLoad(
        title,
        clone,
        async () => {
          await disaster();
          await engine.answers();
          await waitFor("the application answers again", 120, async () => {
            const { status } = await clone.sign("after").catch(() => ({ status: 0 }));
            return status === 201 ? true : undefined;
          });
        },
        { rate: LIGHT },
      );
      expect(lost).toEqual([]);
      const [rows = "0"] = await clone.sql("SELECT COUNT(*) FROM entries_entry;");
      expect(Number(rows)).toBeGreaterThanOrEqual(Number(before[0]) + acknowledged.length);
      expect(await clone.entries("before")).toEqual(["before"]);
      await expectCounting(clone);
    },
    4 * MINUTE,
  );

  it(
    "the next plan is empty",
    async () => {
      const { output } = await clone.mustMake("up");
      expect(output.match(/^✓ .*: no changes$/gm)).toHaveLength(3);
    },
    2 * MINUTE,
  );
});
