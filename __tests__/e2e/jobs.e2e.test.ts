import { Clone } from "./support/clone";
import { MINUTE } from "./support/counts";
import { JOBS, writeJobCommands } from "./support/job-commands";
import { waitFor } from "./support/run";

let clone: Clone;

beforeAll(async () => {
  clone = await Clone.create("jobs");
  clone.configure({ jobs: JOBS });
  writeJobCommands(clone);
  await clone.mustMake("up");
}, 6 * MINUTE);

it(
  "a job runs with what web has, shows what it says, and its exit status is passed on",
  async () => {
    const { stdout } = await clone.mustMake("job", { args: "tell" });
    expect(stdout).toContain("told-long is told");
    expect(await clone.entries("told-long")).toEqual(["told-long"]);

    const failed = await clone.make("job", { args: "fail" });
    expect(failed.output).toContain("no prices");
    expect(failed.output).toMatch(/Error 3$/m);
    const late = await clone.make("job", { args: "hang" });
    expect(late.output).toMatch(/Error 124$/m);
    expect((await clone.make("job", { args: "unknown" })).output).toContain(
      "expected: one of long, tell, fail, hang, minutely, yearly",
    );
  },
  2 * MINUTE,
);

it(
  "a second start is refused; a release neither stops a job that runs nor waits for it",
  async () => {
    const running = clone.startMake("job", { args: "long" });
    await waitFor("the job's first row", 60, async () =>
      (await clone.entries("begun-long")).length > 0 ? true : undefined,
    );
    const second = await clone.make("job", { args: "long" });
    expect(second.output).toMatch(/^✗ long is running since 20\S+Z$/m);
    expect(second.output).toMatch(/Error 75$/m);

    const { Id, Image } = await clone.container("long");
    clone.release(2);
    await clone.mustMake("up");
    expect(await clone.serving()).toBe("2");
    expect(await clone.container("long")).toMatchObject({ Id, Image, State: { Status: "running" } });
    expect((await clone.container("web")).Image).not.toBe(Image);

    await clone.mustMake("job", { args: "tell" });
    expect(await running.done).toMatchObject({
      status: 0,
      stdout: expect.stringContaining("long is done") as string,
    });
    expect(await clone.entries("begun-long")).toHaveLength(1);
    expect(await clone.entries("ended-long")).toHaveLength(1);
  },
  4 * MINUTE,
);

it(
  "nothing is scheduled here; status tells how the last runs ended, logs what they said, and down removes them",
  async () => {
    const { stdout } = await clone.mustMake("status");
    expect(stdout).toMatch(/^job minutely +\* \* \* \* \* UTC on the host +has not run here$/m);
    expect(stdout).toMatch(/^job long +by hand +ended well, began /m);
    expect(stdout).toMatch(/^job fail +by hand +ended with exit status 3, began /m);
    expect((await clone.mustMake("logs", { args: "fail --no-follow" })).stdout).toContain("no prices");
    expect((await clone.mustMake("up")).output.match(/^✓ .*: no changes$/gm)).toHaveLength(3);

    await clone.mustMake("down");
    expect(await clone.containers("fail")).toEqual([]);
  },
  3 * MINUTE,
);
