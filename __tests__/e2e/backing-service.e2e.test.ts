import { Clone } from "./support/clone";
import { MINUTE } from "./support/counts";
import { addTally, COUNTING, expectCounting } from "./support/tally/tally";
import { expectNothingLost, underLoad } from "./support/under-load";

let clone: Clone;

const REST = {
  ...COUNTING,
  local: { memory: 4096 },
  // All visitors of the load come from one address.
  proxy: { rateLimit: 2000, connectionLimit: 2000 },
};

beforeAll(async () => {
  clone = await Clone.create("backing-service");
  clone.configure(REST);
  addTally(clone);
  clone.release(1);
  await clone.mustMake("up");
}, 5 * MINUTE);

it(
  "one file and a line of the list bring up a backing service; processes and jobs reach it, and our commands know it",
  async () => {
    await expectCounting(clone);
    const { stdout } = await clone.mustMake("status");
    expect(stdout).toMatch(/^ *tally\b.*healthy/m);
    expect(stdout).toContain("e2e-backing-service-tallydata  the count");
    expect((await clone.mustMake("job", { args: "count-once" })).stdout).toMatch(/counted to \d+/);
    expect((await clone.mustMake("up")).output.match(/^✓ .*: no changes$/gm)).toHaveLength(3);
    const { Id, Config } = await clone.container("tally");
    expect(await clone.docker.run(["logs", Id])).toBe("the tally counts from 0\n");
    // The password is in the files of those who read it alone.
    const password = await clone.docker.run(["exec", Id, "cat", "/run/secrets/tally_password"]);
    expect(password.trim().length).toBeGreaterThan(20);
    expect(JSON.stringify(Config)).not.toContain(password.trim());
  },
  2 * MINUTE,
);

it(
  "a release, and the way back to the code before, lose no request and leave it alone",
  async () => {
    const before = (await clone.container("tally")).Id;
    expectNothingLost(
      await underLoad("a release beside a backing service", clone, async () => {
        for (const release of [2, 1]) {
          clone.release(release);
          await clone.mustMake("up");
          expect(await clone.serving()).toBe(String(release));
        }
      }),
    );
    expect((await clone.container("tally")).Id).toBe(before);
    await expectCounting(clone);
  },
  4 * MINUTE,
);

it(
  "its data outlives it: removed, with all else down, and replaced for another definition",
  async () => {
    await clone.docker.run(["rm", "--force", (await clone.container("tally")).Id]);
    await clone.mustMake("up");
    await expectCounting(clone);

    await clone.mustMake("down");
    expect(await clone.containers("tally")).toEqual([]);
    const file = "application/backing-services/tally.ts";
    clone.write(file, clone.read(file).replace("of: () => 64", "of: () => 72"));
    await clone.mustMake("up");
    expect((await clone.container("tally")).HostConfig.Memory).toBe(72 * 1024 * 1024);
    await expectCounting(clone);
  },
  4 * MINUTE,
);
