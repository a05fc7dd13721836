import { join } from "node:path";
import { rmSync, writeFileSync } from "node:fs";
import { armKill, killed as killedAt } from "../../rehearsal/faults/kill";
import { cutWhileCopying, killDatabaseBeforeMigration } from "../../rehearsal/faults/power";
import { LONG, MINUTE } from "./support/counts";
import { FIRST_RELEASE, ReleasedHost } from "./support/released-host";
import type { Outcome } from "./support/run";
import { expectNothingLost, underLoad } from "./support/under-load";

/** Steps of the release program at which it is killed. */
const STEPS = LONG
  ? [
      "identity",
      "space",
      "images",
      "secrets",
      "services",
      "nginx-check",
      "migrate",
      "roll",
      "proxy",
      "nginx-config",
      "jobs",
      "prune",
    ]
  : // The rehearsal has another one.
    ["roll"];

/** Those that come when it serves already. */
const AFTER_SERVING = ["proxy", "nginx-config", "jobs", "prune"];

const MIGRATION = "examples/guestbook/entries/migrations/0002_broken.py";
const REQUIREMENTS = "examples/guestbook/requirements.txt";

let host: ReleasedHost;
let number = 1;

beforeAll(async () => {
  host = await ReleasedHost.create("host-faults", {
    web: { startTimeout: 40, soak: 6 },
    // All visitors of the load come from one address.
    proxy: { rateLimit: 2000, connectionLimit: 2000 },
  });
  host.clone.release(number);
  await host.clone.mustMake("release");
}, FIRST_RELEASE);

/** The next release, which nobody prepares by hand, serves. */
async function releaseAgain(): Promise<void> {
  host.clone.release(++number);
  await host.clone.mustMake("release");
  expect(await host.serving()).toBe(String(number));
}

/** A release that must fail; the one before serves on. */
async function failingRelease(): Promise<Outcome> {
  const before = await host.serving();
  host.clone.release("bad");
  const outcome = await host.clone.make("release");
  expect(outcome.status).not.toBe(0);
  expect(await host.serving()).toBe(before);
  return outcome;
}

it.each(STEPS)(
  "killed at the step %s: a release serves all the time, no row is lost, and the next one goes through",
  async (step) => {
    const result = await underLoad(`kill -9 at ${step}`, host, async () => {
      await host.mustShell(armKill(step));
      host.clone.release(++number);
      const { status, output } = await host.clone.make("release");
      expect(status).not.toBe(0);
      expect(output).toContain(killedAt(step));
      await releaseAgain();
    });
    expectNothingLost(result);
    const cut = (await host.records())[1];
    expect(cut).toMatchObject({
      outcome: AFTER_SERVING.includes(step) ? "served" : "running",
      step,
    });
  },
  3 * MINUTE,
);

it(
  "a failing migration, an image that can't be built and settings that can't be loaded: the one before serves",
  async () => {
    const result = await underLoad("three broken releases on a host", host, async () => {
      host.clone.write(
        MIGRATION,
        `from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("entries", "0001_initial")]
    operations = [migrations.RunSQL("ALTER TABLE no_such_table ADD a int")]
`,
      );
      const migration = await failingRelease();
      expect(migration.output).toMatch(/step migrate: migrate: a migration failed: .*no_such_table/);
      rmSync(join(host.clone.folder, MIGRATION));

      const requirements = host.clone.read(REQUIREMENTS);
      host.clone.write(REQUIREMENTS, `${requirements}no-such-package-of-ours==1.0\n`);
      const image = await failingRelease();
      expect(image.output).toContain("step images: the image could not be built");
      expect(image.output).toContain("no-such-package-of-ours");
      host.clone.write(REQUIREMENTS, requirements);

      const settings = host.clone.read("examples/guestbook/config/settings/prod.py");
      host.clone.write("examples/guestbook/config/settings/prod.py", `${settings}\nimport no_such_module\n`);
      expect((await failingRelease()).output).toContain("step migrate: migrate: the settings");
      host.clone.write("examples/guestbook/config/settings/prod.py", settings);
      await releaseAgain();
    });
    expectNothingLost(result);
    const outcomes = (await host.records()).slice(0, 4).map(({ outcome, step }) => `${outcome} ${step}`);
    expect(outcomes).toEqual(["served end", "failed migrate", "failed images", "failed migrate"]);
  },
  5 * MINUTE,
);

it(
  "a release that crashes once it has the traffic is taken back by the engine, and says its last words",
  async () => {
    const wsgi = host.clone.read("examples/guestbook/config/wsgi.py");
    const crash = "import os, threading\nthreading.Timer(3, lambda: os._exit(3)).start()\n";
    host.clone.write("examples/guestbook/config/wsgi.py", `${wsgi}\n${crash}`);
    const { output } = await failingRelease();
    expect(output).toMatch(/step roll: the new release did not come to serve, and the engine went back/);
    host.clone.write("examples/guestbook/config/wsgi.py", wsgi);
    await releaseAgain();
  },
  4 * MINUTE,
);

it(
  "a full disk is one clear error, changes nothing, and is over when there is room",
  async () => {
    const leave = 'fallocate -l "$(($(df --output=avail -B1 /data | tail -n 1) - 300000000))" /data/filler';
    await host.machine.exec("sh", "-c", leave);
    const { output } = await failingRelease();
    expect(output).toMatch(
      /step space: the disk is too full: \d+ MiB are free .* Make host\.dataDisk larger/,
    );
    await host.machine.exec("rm", "/data/filler");
    await releaseAgain();
  },
  3 * MINUTE,
);

it(
  "while one release runs a second one is refused, and says whom to wait for",
  async () => {
    host.clone.release(++number);
    const first = host.clone.startMake("release");
    while (!first.output().includes("==> images")) await new Promise((resolve) => setTimeout(resolve, 50));
    const second = await host.clone.make("rollback");
    expect(second.output).toMatch(
      /a release is at work: \S+ since \S+, process \d+\. Wait for it; then type this again/,
    );
    expect(second.status).not.toBe(0);
    expect((await first.done).status).toBe(0);
    expect(await host.serving()).toBe(String(number));
  },
  3 * MINUTE,
);

it(
  "the network is cut for seconds while the release is copied, and the database dies before it migrates: both heal",
  async () => {
    host.clone.release(++number);
    const cut = cutWhileCopying(host.machine);
    const { status, output } = await host.clone.make("release", { env: { UPLOAD_PAUSE: "1" } });
    await cut;
    expect(output).toMatch(/failed \(status \d+\); again in 1 s/);
    expect(status).toBe(0);

    host.clone.release(++number);
    const killed = killDatabaseBeforeMigration(host.machine);
    await host.clone.mustMake("release");
    await killed;
    expect(await host.serving()).toBe(String(number));
  },
  4 * MINUTE,
);

it(
  "the power is cut while a release takes over: all that was acknowledged is there, and the next release goes through",
  async () => {
    await fetch(`${host.origin}/api/entries/`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ name: "before-the-cut", message: "x" }),
    });
    host.clone.release(++number);
    const release = host.clone.startMake("release");
    while (!release.output().includes("==> roll")) await new Promise((resolve) => setTimeout(resolve, 20));
    await host.machine.powerCut();
    expect((await release.done).status).not.toBe(0);
    await host.boot();
    await releaseAgain();
    expect(await host.entries("before-the-cut")).toEqual(["before-the-cut"]);
  },
  6 * MINUTE,
);

it(
  ".env arrives byte for byte, and what is secret in it is found nowhere else",
  async () => {
    const planted = "plantedSecret9c1f";
    const value = `${planted} $HOME "d" 'q' \\ # = \` é\nsecond line`;
    const written = value.replaceAll("\\", "\\\\").replaceAll('"', '\\"');
    writeFileSync(join(host.clone.folder, "examples/guestbook/.env"), `NASTY="${written}"\n`);
    const watch = "while :; do ps axww -o args; sleep 0.05; done >/tmp/processes";
    await host.machine.exec("sh", "-c", `(${watch}) </dev/null >/dev/null 2>&1 & echo $! >/tmp/watcher`);
    await releaseAgain();
    await host.machine.exec("sh", "-c", "kill $(cat /tmp/watcher)");

    const web = "$(docker ps -q --filter label=com.docker.swarm.service.name=e2e-host-faults_web)";
    const print = `python3 -c 'import os, sys; sys.stdout.buffer.write(os.environb[b"NASTY"])'`;
    expect(await host.mustShell(`docker exec ${web} /opt/deployment/bin/entrypoint ${print}`)).toBe(value);

    const elsewhere = [
      "cat /tmp/processes",
      `docker inspect $(docker ps -aq) $(docker service ls -q) $(docker images -q) $(docker secret ls -q)`,
      "docker history --no-trunc $(docker images -q e2e-host-faults-web | head -n 1)",
      "cat srv/ubuntu/receipts/*",
      `docker run --rm --entrypoint= $(docker images -q e2e-host-faults-web | head -n 1) grep -rl ${planted} /app /opt || true`,
    ];
    for (const command of elsewhere) {
      const found = await host.mustShell(`${command} | cat`);
      expect({ command, found: found.includes(planted) }).toEqual({ command, found: false });
    }
    const found = await host.clone.shell(`grep -rl ${planted} cdktf.out .deployment/log .deployment/state`);
    expect(found.stdout).toBe("");
  },
  3 * MINUTE,
);
