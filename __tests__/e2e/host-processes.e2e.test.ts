import type { DeploymentInput } from "../../config";
import { MINUTE } from "./support/counts";
import { lines } from "./support/docker";
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

/** All of `deployment.ts` but its processes. */
const REST: Partial<DeploymentInput> = {
  web: { startTimeout: 60, soak: 6 },
  // All visitors of the load come from one address.
  proxy: { rateLimit: 2000, connectionLimit: 2000 },
};

let host: ReleasedHost;
let number = 1;

beforeAll(async () => {
  host = await ReleasedHost.create("host-processes", {
    processes: PROCESSES,
    ...REST,
  });
  writeCommand(host.clone, COMMAND);
  host.clone.release(number);
  await host.clone.mustMake("release");
}, FIRST_RELEASE);

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

it(
  "a process that is no longer named stays in a release that is taken back, ends its work in one that serves, and comes back with a rollback",
  async () => {
    const [workers, [beat = ""]] = [await running("worker"), await running("beat")];
    const services = async (): Promise<string[]> =>
      lines(await host.machine.exec("docker", "service", "ls", "--format", "{{.Name}}"))
        .map((name) => name.replace(/^.*_/, ""))
        .sort();
    host.clone.configure({ processes: { worker: PROCESSES.worker }, ...REST, host: HOST_SECTION });
    writeCommand(host.clone, CRASH);
    host.clone.release("bad");
    expect((await host.clone.make("release")).status).not.toBe(0);
    expect(await running("beat")).toEqual([beat]);
    expect(await services()).toEqual(["beat", "database", "nginx", "web", "worker"]);

    host.clone.configure({ ...REST, host: HOST_SECTION });
    host.clone.release(++number);
    await host.clone.mustMake("release");
    expect(await services()).toEqual(["database", "nginx", "web"]);
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
