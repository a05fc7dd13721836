import { setTimeout as sleep } from "node:timers/promises";
import type { DeploymentInput } from "../../config";
import { Clone } from "./support/clone";
import { LONG, MINUTE } from "./support/counts";
import { errorsOf, waitFor } from "./support/run";
import { expectNothingLost, underLoad } from "./support/under-load";
import { COMMAND, CRASH, writeCommand } from "./support/work-command";

/** Takes a minute. Unit tests show what is rendered for the profile, and development.e2e what it does for web. */
const itLong = LONG ? it : it.skip;

/** Containers of the worker that run side by side. */
const WORKERS = 2;

const PROCESSES = {
  worker: { command: "python manage.py work worker", memory: 128, stopGrace: 30, count: WORKERS },
  beat: { command: "python manage.py work beat", memory: 128, singleton: true },
} as const satisfies DeploymentInput["processes"];

/** What a load needs: room for gunicorn's workers beside the processes, and visitors who all come from one address. */
const LOADED: Partial<DeploymentInput> = {
  local: { memory: 4096 },
  proxy: { rateLimit: 2000, connectionLimit: 2000 },
};

let clone: Clone;
let release = 1;

/** Ids of the containers of a role that run, in a stable order. */
async function running(role: string): Promise<string[]> {
  const found = (await clone.containers(role)).filter(({ State }) => State.Status === "running");
  return found.map(({ Id }) => Id).sort();
}

/** Host names of the containers that have written rows under a name, in the order of the first row of each. */
async function writers(name: string): Promise<string[]> {
  return [...new Set(await clone.entries(`${name}-`))].map((entry) => entry.slice(name.length + 1));
}

/** The host name that the engine gives to a container. */
const hostOf = (id: string): string => id.slice(0, 12);

/** Waits until each of some containers has written a row. */
async function expectAtWork(name: string, ids: readonly string[]): Promise<void> {
  await waitFor(`rows of ${name}`, 30, async () => {
    const found = await writers(name);
    return ids.every((id) => found.includes(hostOf(id))) ? true : undefined;
  });
}

async function deployGood(): Promise<void> {
  clone.release(++release);
  await clone.mustMake("up");
  expect(await clone.serving()).toBe(String(release));
}

beforeAll(async () => {
  clone = await Clone.create("processes");
  clone.configure({
    processes: PROCESSES,
    ...LOADED,
  });
  writeCommand(clone, COMMAND);
  await clone.mustMake("up");
}, 6 * MINUTE);

it(
  "a worker comes up, as many times as it is wanted, and a singleton once",
  async () => {
    const workers = await running("worker");
    expect(workers).toHaveLength(WORKERS);
    await expectAtWork("worker", workers);
    const beats = await running("beat");
    expect(beats).toHaveLength(1);
    await expectAtWork("beat", beats);
    const { stdout } = await clone.mustMake("status", { args: "--json" });
    expect(stdout.match(/"role": "worker"/g)).toHaveLength(WORKERS);
    expect((await clone.mustMake("up")).output.match(/^✓ .*: no changes$/gm)).toHaveLength(3);
  },
  2 * MINUTE,
);

it(
  "a release loses no request; the old workers end what they have begun, there is always one at work, and a singleton never runs twice",
  async () => {
    const [workers, beats] = [await running("worker"), await running("beat")];
    const seen: number[] = [];
    const watching = { over: false };
    const watch = (async () => {
      while (!watching.over) {
        seen.push((await running("beat")).length);
        await sleep(200);
      }
    })();
    try {
      expectNothingLost(await underLoad("a release with workers", clone, deployGood));
    } finally {
      watching.over = true;
      await watch;
    }
    expect(Math.max(...seen)).toBe(1);
    const successors = await running("worker");
    expect(successors).toHaveLength(WORKERS);
    expect(successors.filter((id) => workers.includes(id))).toEqual([]);
    await expectAtWork("worker", successors);
    expect((await writers("ended-worker")).sort()).toEqual(workers.map(hostOf).sort());
    expect(await writers("ended-beat")).toEqual(beats.map(hostOf));
    // Each successor has written a row before the first of them ended.
    const names = (ids: readonly string[], what: string): string =>
      ids.map((id) => `'${what}-${hostOf(id)}'`).join(", ");
    const [overlaps] = await clone.sql(
      `SELECT (SELECT MAX(begun) FROM (SELECT MIN(id) AS begun FROM entries_entry WHERE name IN (${names(successors, "worker")}) GROUP BY name) AS first_rows)
        < (SELECT MIN(id) FROM entries_entry WHERE name IN (${names(workers, "ended-worker")}));`,
    );
    expect(overlaps).toBe("1");
    await expectAtWork("beat", await running("beat"));
    // Nothing of the singleton before comes after the first row of its successor.
    const rows = await clone.sql(
      "SELECT REPLACE(name, 'ended-', '') FROM entries_entry WHERE name LIKE '%beat-%' ORDER BY id;",
    );
    const turns = rows.filter((name, index) => name !== rows[index - 1]);
    expect(turns).toHaveLength(new Set(rows).size);
  },
  5 * MINUTE,
);

it(
  "a worker that crashes fails the release with its name and last lines; web, workers and singleton of before go on",
  async () => {
    const before = {
      worker: await running("worker"),
      beat: await running("beat"),
      web: await running("web"),
    };
    const fail = async (): Promise<void> => {
      writeCommand(clone, CRASH);
      clone.release("bad");
      const outcome = await clone.make("up");
      expect(outcome.status).not.toBe(0);
      expect(errorsOf(outcome)).toHaveLength(1);
      expect(outcome.stderr).toMatch(/stopped at worker: it ended \d+ times(, with exit status 3)?\n/);
      expect(outcome.stderr).toContain("| the queue is not to be found");
      expect(outcome.stderr).toContain("the release before it still serves");
      expect(outcome.stderr).toContain('mend it, then type "make up" again');
      expect(await clone.serving()).toBe(String(release));
    };
    expectNothingLost(await underLoad("a release whose worker crashes", clone, fail));
    for (const [role, ids] of Object.entries(before))
      expect([role, await running(role)]).toEqual([role, ids]);

    writeCommand(clone, COMMAND);
    expectNothingLost(await underLoad("the release that mends it", clone, deployGood));
    expect(await running("worker")).toHaveLength(WORKERS);
    expect((await running("worker")).filter((id) => before.worker.includes(id))).toEqual([]);
    expect(await running("beat")).toHaveLength(1);
  },
  8 * MINUTE,
);

it(
  "a process becomes a singleton, and one that may run twice again",
  async () => {
    for (const singleton of [true, false]) {
      const { beat, worker } = PROCESSES;
      clone.configure({
        processes: { beat: { ...beat, singleton: !singleton }, worker: { ...worker, count: 1, singleton } },
        ...LOADED,
      });
      await clone.mustMake("up");
      await expectAtWork("worker", await running("worker"));
      await expectAtWork("beat", await running("beat"));
    }
  },
  4 * MINUTE,
);

it(
  "a process that deployment.ts no longer names stays as long as the release is not known to work",
  async () => {
    clone.configure({ processes: PROCESSES, ...LOADED });
    await clone.mustMake("up");
    const [workers, beats] = [await running("worker"), await running("beat")];
    clone.configure({ processes: { worker: PROCESSES.worker }, ...LOADED });
    writeCommand(clone, CRASH);
    clone.release("bad");
    expect((await clone.make("up")).status).not.toBe(0);
    expect([await running("worker"), await running("beat")]).toEqual([workers, beats]);
    writeCommand(clone, COMMAND);
    clone.release(release);
  },
  4 * MINUTE,
);

it(
  "a process that deployment.ts no longer names goes, and another number of containers leaves the others alone",
  async () => {
    clone.configure({ processes: PROCESSES, ...LOADED });
    await clone.mustMake("up");
    const workers = await running("worker");
    const [beat = ""] = await running("beat");
    clone.configure({
      processes: {
        worker: { command: "python manage.py work worker", memory: 128, stopGrace: 30, count: 1 },
      },
      ...LOADED,
    });
    await clone.mustMake("up");
    expect(await writers("ended-beat")).toContain(hostOf(beat));
    const left = await running("worker");
    expect(left).toHaveLength(1);
    expect(workers).toEqual(expect.arrayContaining(left));
    expect(await running("beat")).toEqual([]);
  },
  3 * MINUTE,
);

itLong(
  "in the profile development there is one container of each, which works on the mounted source",
  async () => {
    clone.configure({ processes: PROCESSES, local: { profile: "development" } });
    await clone.mustMake("up");
    const [worker = ""] = await running("worker");
    expect(await running("worker")).toHaveLength(1);
    await expectAtWork("worker", [worker]);
    await clone.mustMake("down");
    expect([...(await running("worker")), ...(await running("beat"))]).toEqual([]);
  },
  5 * MINUTE,
);
