import { HOST_FOLDER } from "../../cli/host/ssh";
import type { DeploymentInput } from "../../config";
import { shellWord } from "../../pipeline/runner/shell-word";
import { LONG, MINUTE } from "./support/counts";
import { lines } from "./support/docker";
import { JOBS, writeJobCommands } from "./support/job-commands";
import { FIRST_RELEASE, HOST_SECTION, ReleasedHost } from "./support/released-host";
import { waitFor } from "./support/run";
import { addTally, COUNTING, expectCounting } from "./support/tally/tally";
import { expectNothingLost, underLoad } from "./support/under-load";
import { COMMAND, CRASH, writeCommand } from "./support/work-command";

/** Each takes one or two minutes. Short runs show the same on this computer (processes.e2e), and with an engine in memory. */
const itLong = LONG ? it : it.skip;

/** Containers of the worker that run side by side. */
const WORKERS = 2;

const PROCESSES = {
  worker: { command: "python manage.py work worker", memory: 96, stopGrace: 30, count: WORKERS },
  beat: { command: "python manage.py work beat", memory: 96, singleton: true },
  ...COUNTING.processes,
} as const satisfies DeploymentInput["processes"];

/** All of `deployment.ts` but its processes. */
const REST: Partial<DeploymentInput> = {
  // Room for the jobs, too.
  host: { ...HOST_SECTION, instanceType: "t4g.medium" },
  jobs: { ...JOBS, ...COUNTING.jobs },
  web: { startTimeout: 60, soak: 6 },
  // All visitors of the load come from one address.
  proxy: { rateLimit: 2000, connectionLimit: 2000 },
};

/** The release program of the release that serves. */
const PROGRAM = `${HOST_FOLDER}/current/deploy/host/release`;

let host: ReleasedHost;
let number = 1;

beforeAll(async () => {
  host = await ReleasedHost.create("host-processes", {
    processes: PROCESSES,
    ...REST,
  });
  writeCommand(host.clone, COMMAND);
  writeJobCommands(host.clone);
  addTally(host.clone);
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
  try {
    return await waitFor(`a run of ${job}`, seconds, async () => (await runs(job)).find(fits));
  } catch (error) {
    const { stdout, stderr } = await host.shell(`${PROGRAM} status; cat ${HOST_FOLDER}/jobs/${job}.json`);
    throw new Error(`${String(error)}\n${stdout}${stderr}`);
  }
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
  "workers, a singleton and a backing service of one object come up with the first release",
  async () => {
    await expectAtWork("worker", WORKERS);
    await expectAtWork("beat", 1);
    await expectCounting(host);
    expect((await host.clone.mustMake("status", { args: "--host" })).stdout).toMatch(/^ *tally\b.*healthy/m);
    expect(await host.mustShell(`${PROGRAM} job count-once`)).toMatch(/counted to \d+/);
  },
  2 * MINUTE,
);

it(
  "a release loses no request; old workers end what they have begun, a singleton is never there twice, and a backing service stays",
  async () => {
    const tally = await running("tally");
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
    expect(await running("tally")).toEqual(tally);
    await expectCounting(host);
  },
  4 * MINUTE,
);

itLong(
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
    expect(await host.lastRecord()).toMatchObject({
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

itLong(
  "a release whose backing service does not come up is taken back, and the service of before counts on",
  async () => {
    const file = "application/backing-services/tally.ts";
    const good = host.clone.read(file);
    host.clone.write(file, good.replace("environment: { PORT", 'environment: { PORT: "no port", WAS'));
    host.clone.release("bad");
    const { status, output } = await host.clone.make("release");
    expect(status).not.toBe(0);
    expect(output).toMatch(/tally/);
    expect(await host.serving()).toBe(String(number));
    await expectCounting(host);

    host.clone.write(file, good);
    host.clone.release(++number);
    await host.clone.mustMake("release");
    expect(await host.serving()).toBe(String(number));
    await expectCounting(host);
  },
  6 * MINUTE,
);

it(
  "cron starts a job at its time, as the user of the releases",
  async () => {
    const serving = (await host.lastRecord()).release;
    const run = await runThat(
      "minutely",
      150,
      ({ release, trigger, outcome }) =>
        release === serving && trigger === "schedule" && outcome !== "running",
    );
    expect(run).toMatchObject({ outcome: "well", exit: 0 });
    expect((await host.entries("minute")).length).toBeGreaterThan(0);
    expect(await host.machine.exec("stat", "-c", "%U %a", "/etc/cron.d/django-deployment")).toMatch(
      /^root 644$/m,
    );
  },
  3 * MINUTE,
);

it(
  "a job started twice runs once, and across a cutover, which loses no request; a rollback takes workers back, and no backing service",
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

    const release = (await host.lastRecord()).release;
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

    const tally = await running("tally");
    await host.clone.mustMake("rollback");
    expect(await host.serving()).toBe(String(--number));
    expect(await running("tally")).toEqual(tally);
    await expectCounting(host);

    const failed = await host.shell(`${PROGRAM} job fail`);
    expect(failed).toMatchObject({ status: 3, stdout: expect.stringContaining("no prices") as string });
    const hung = await host.clone.make("job", { args: "hang --host" });
    expect(hung.output).toMatch(/Error 124$/m);
    expect((await runs("hang"))[0]).toMatchObject({ outcome: "limit", exit: 124 });
  },
  5 * MINUTE,
);

itLong(
  "a process that is no longer named stays in a release that is taken back, ends its work in one that serves, and comes back with a rollback",
  async () => {
    const [workers, [beat = ""]] = [await running("worker"), await running("beat")];
    const services = async (): Promise<string[]> =>
      lines(await host.machine.exec("docker", "service", "ls", "--format", "{{.Name}}"))
        .map((name) => name.replace(/^.*_/, ""))
        .sort();
    host.clone.configure({ processes: { worker: PROCESSES.worker }, ...REST });
    writeCommand(host.clone, CRASH);
    host.clone.release("bad");
    expect((await host.clone.make("release")).status).not.toBe(0);
    expect(await running("beat")).toEqual([beat]);
    expect(await services()).toEqual(["beat", "counter", "database", "nginx", "tally", "web", "worker"]);

    host.clone.configure({ ...REST });
    host.clone.release(++number);
    await host.clone.mustMake("release");
    expect(await services()).toEqual(["database", "nginx", "tally", "web"]);
    await waitFor("the end of all processes", 60, async () =>
      (await running("worker")).length + (await running("beat")).length === 0 ? true : undefined,
    );
    const ended = await host.entries("ended-");
    for (const id of [...workers, beat])
      expect(ended.some((name) => name.endsWith(id.slice(0, 12)))).toBe(true);

    await host.clone.mustMake("rollback");
    expect(await host.serving()).toBe(String(number - 1));
    await expectAtWork("worker", WORKERS);
    await expectAtWork("beat", 1);
  },
  8 * MINUTE,
);

it(
  "after a power cut a missed time is caught up once, and a run that was cut is told",
  async () => {
    const began = (await host.entries("begun-long")).length;
    const connection = host.shell(`${PROGRAM} job long`);
    await waitFor("the job's first row", 60, async () =>
      (await host.entries("begun-long")).length > began ? true : undefined,
    );
    // A time has passed at which nobody looked. Whoever holds the lock keeps cron from it until the power cut.
    const [lock, record] = [`${HOST_FOLDER}/jobs/lock`, `${HOST_FOLDER}/jobs/yearly.json`];
    const rewind = `sed -i -E 's/("counts_from": ")[0-9]+/\\12020/' ${record} && sync`;
    await host.mustShell(
      `flock ${lock} sh -c ${shellWord(`${rewind} && { sleep 600 >/dev/null 2>&1 </dev/null & }`)}`,
    );
    await host.machine.powerCut();
    await host.boot();

    const caughtUp = await runThat("yearly", 180, ({ outcome }) => outcome !== "running");
    expect(caughtUp).toMatchObject({ trigger: "missed", outcome: "well" });
    await expectCounting(host);
    // What cron asks each minute.
    await host.mustShell(`${PROGRAM} jobs-due`);
    expect(await runs("yearly")).toHaveLength(1);
    expect(await host.entries("year")).toHaveLength(1);
    // One that a person has started is not run again.
    expect((await runs("long"))[0]).toMatchObject({ trigger: "hand", outcome: "cut" });
    expect(await host.entries("begun-long")).toHaveLength(began + 1);
    expect(await host.mustShell(`${PROGRAM} logs long`)).toContain("long is at work");
    expect((await connection).status).not.toBe(0);
  },
  6 * MINUTE,
);
