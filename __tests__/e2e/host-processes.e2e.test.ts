import { setTimeout as sleep } from "node:timers/promises";
import { HOST_FOLDER } from "../../cli/host/ssh";
import type { DeploymentInput } from "../../config";
import { MINUTE } from "./support/counts";
import { lines } from "./support/docker";
import { JOBS, writeJobCommands } from "./support/job-commands";
import { FIRST_RELEASE, HOST_SECTION, ReleasedHost } from "./support/released-host";
import { waitFor } from "./support/run";
import { expectNothingLost, underLoad } from "./support/under-load";
import { COMMAND, CRASH, writeCommand } from "./support/work-command";

/** Containers of the worker that run side by side. */
const WORKERS = 2;

const PROCESSES = {
  worker: { command: "python manage.py work worker", memory: 96, stopGrace: 30, count: WORKERS },
  beat: { command: "python manage.py work beat", memory: 96, singleton: true },
} as const satisfies DeploymentInput["processes"];

/** The release program of the release that serves. */
const PROGRAM = `${HOST_FOLDER}/current/deploy/host/release`;

let host: ReleasedHost;
let number = 1;

beforeAll(async () => {
  host = await ReleasedHost.create("host-processes", {
    // Room for the jobs, too.
    host: { ...HOST_SECTION, instanceType: "t4g.medium" },
    processes: PROCESSES,
    jobs: JOBS,
    web: { startTimeout: 60, soak: 6 },
    // All visitors of the load come from one address.
    proxy: { rateLimit: 2000, connectionLimit: 2000 },
  });
  writeCommand(host.clone, COMMAND);
  writeJobCommands(host.clone);
  host.clone.release(number);
  await host.clone.mustMake("release");
}, FIRST_RELEASE);

/** A run of a job, as the release program records it. */
interface Run {
  readonly trigger: "schedule" | "missed" | "again" | "hand";
  readonly release: string;
  readonly began: string;
  readonly outcome: string;
  readonly exit: number | null;
}

/** The last runs of a job, the newest first. */
async function runs(job: string): Promise<Run[]> {
  const { jobs } = JSON.parse(await host.mustShell(`${PROGRAM} status --json`)) as {
    readonly jobs: readonly { readonly name: string; readonly runs: Run[] }[];
  };
  return jobs.find(({ name }) => name === job)?.runs ?? [];
}

/** The first run of a job, the newest first, for which something is true; waits for it. */
async function runThat(job: string, seconds: number, fits: (run: Run) => boolean): Promise<Run> {
  return waitFor(`a run of ${job}`, seconds, async () => (await runs(job)).find(fits));
}

/** Ids of a role's running containers. */
async function running(role: string): Promise<string[]> {
  const filter = `--filter label=django-deployment.role=${role} --filter status=running`;
  return lines(await host.machine.exec("sh", "-c", `docker ps -q --no-trunc ${filter}`)).sort();
}

/** Waits until each running container of a role has written a row. */
async function expectAtWork(role: string, count: number): Promise<void> {
  const ids = await running(role);
  expect(ids).toHaveLength(count);
  await waitFor(`rows of ${role}`, 30, async () => {
    const found = await host.entries(`${role}-`);
    return ids.every((id) => found.includes(`${role}-${id.slice(0, 12)}`)) ? true : undefined;
  });
}

it(
  "workers and a singleton come up with the first release",
  async () => {
    await expectAtWork("worker", WORKERS);
    await expectAtWork("beat", 1);
  },
  2 * MINUTE,
);

it(
  "a release loses no request; old workers end what they have begun, and a singleton is never there twice",
  async () => {
    const before = [...(await running("worker")), ...(await running("beat"))];
    const result = await underLoad("a release with workers on a host", host, async () => {
      host.clone.release(++number);
      await host.clone.mustMake("release");
    });
    expectNothingLost(result);
    expect(await host.serving()).toBe(String(number));
    await expectAtWork("worker", WORKERS);
    await expectAtWork("beat", 1);
    const ended = await host.entries("ended-");
    for (const id of before) expect(ended.some((name) => name.endsWith(id.slice(0, 12)))).toBe(true);
    const beats = (await host.entries("%beat-")).map((name) => name.replace("ended-", ""));
    const turns = beats.filter((name, index) => name !== beats[index - 1]);
    expect(turns).toHaveLength(new Set(beats).size);
  },
  4 * MINUTE,
);

it(
  "a release whose worker crashes is taken back whole, loses no request, and names the worker; the next one goes through",
  async () => {
    const result = await underLoad("a release whose worker crashes on a host", host, async () => {
      writeCommand(host.clone, CRASH);
      host.clone.release("bad");
      const { status, output } = await host.clone.make("release");
      expect(status).not.toBe(0);
      expect(output).toMatch(/worker/);
      expect(await host.serving()).toBe(String(number));
    });
    expectNothingLost(result);
    expect(await host.lastReceipt()).toMatchObject({
      outcome: "failed",
      step: "roll",
      reason: expect.stringContaining("worker") as string,
    });
    await expectAtWork("worker", WORKERS);
    await expectAtWork("beat", 1);

    writeCommand(host.clone, COMMAND);
    host.clone.release(++number);
    await host.clone.mustMake("release");
    expect(await host.serving()).toBe(String(number));
    await expectAtWork("worker", WORKERS);
  },
  6 * MINUTE,
);

it(
  "cron starts a job at its time, as the user of the releases",
  async () => {
    const run = await runThat(
      "minutely",
      150,
      ({ trigger, outcome }) => trigger === "schedule" && outcome === "well",
    );
    expect(run).toMatchObject({ exit: 0, release: (await host.lastReceipt()).release });
    expect((await host.entries("minute")).length).toBeGreaterThan(0);
    expect(await host.machine.exec("stat", "-c", "%U %a", "/etc/cron.d/django-deployment")).toMatch(
      /^root 644$/m,
    );
  },
  3 * MINUTE,
);

it(
  "a job started twice runs once, and across a cutover, which loses no request",
  async () => {
    const began = (await host.entries("begun-long")).length;
    const first = host.shell(`${PROGRAM} job long`);
    await waitFor("the job's first row", 60, async () =>
      (await host.entries("begun-long")).length > began ? true : undefined,
    );
    const second = await host.shell(`${PROGRAM} job long`);
    expect(second).toMatchObject({
      status: 75,
      stderr: expect.stringMatching(/^✗ long runs since 20\S+Z, by hand\. Wait for it/m) as string,
    });

    const release = (await host.lastReceipt()).release;
    const result = await underLoad("a release while a job runs", host, async () => {
      host.clone.release(++number);
      await host.clone.mustMake("release");
    });
    expectNothingLost(result);
    expect(await host.serving()).toBe(String(number));
    expect((await runs("long"))[0]).toMatchObject({ outcome: "running", release });
    await host.mustShell(`${PROGRAM} job tell`);
    const { status, stdout } = await first;
    expect({ status, stdout }).toEqual({
      status: 0,
      stdout: expect.stringMatching(/long is done\n✓ long ended well, by hand/) as string,
    });
    expect(await host.entries("begun-long")).toHaveLength(began + 1);
    expect(await host.entries("ended-long")).toHaveLength(began + 1);

    const failed = await host.shell(`${PROGRAM} job fail`);
    expect(failed).toMatchObject({ status: 3, stdout: expect.stringContaining("no prices") as string });
    const hung = await host.clone.make("job", { args: "hang --host" });
    expect(hung.output).toMatch(/Error 124$/m);
    expect((await runs("hang"))[0]).toMatchObject({ outcome: "limit", exit: 124 });
  },
  5 * MINUTE,
);

it(
  "after a power cut a missed time is caught up once, and a run that was cut is told",
  async () => {
    const began = (await host.entries("begun-long")).length;
    const connection = host.shell(`${PROGRAM} job long`);
    await waitFor("the job's first row", 60, async () =>
      (await host.entries("begun-long")).length > began ? true : undefined,
    );
    await host.machine.powerCut();
    const down = new Date().toISOString();
    // One whole minute of the clock, at least, passes without the machine.
    const [{ status }] = await Promise.all([connection, sleep(65_000)]);
    expect(status).not.toBe(0);
    await host.boot();

    const caughtUp = await runThat(
      "minutely",
      180,
      ({ began: moment, outcome }) => moment > down && outcome === "well",
    );
    const next = await runThat(
      "minutely",
      150,
      ({ began: moment, outcome }) => moment > caughtUp.began && outcome === "well",
    );
    const since = (await runs("minutely")).filter(({ began: moment }) => moment > down).reverse();
    expect(["missed", "again"]).toContain(since[0]?.trigger);
    expect(new Set(since.slice(1).map(({ trigger }) => trigger))).toEqual(new Set(["schedule"]));
    expect(Date.parse(next.began) - Date.parse(caughtUp.began)).toBeGreaterThan(30_000);
    // One that a person has started is not run again.
    expect((await runs("long"))[0]).toMatchObject({ trigger: "hand", outcome: "cut" });
    expect(await host.entries("begun-long")).toHaveLength(began + 1);
    expect(await host.mustShell(`${PROGRAM} logs long`)).toContain("long is at work");
  },
  8 * MINUTE,
);
