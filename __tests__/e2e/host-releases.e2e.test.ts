import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { LONG, MINUTE } from "./support/counts";
import { describeRefreshes } from "./support/refreshes";
import { FIRST_RELEASE, HOST_SECTION, ReleasedHost } from "./support/released-host";
import { expectNothingLost, underLoad } from "./support/under-load";
import { uploadOfSize } from "./support/upload";

/** Good releases in a row. */
const RELEASES = LONG ? 50 : 3;

/** Milliseconds on the host until a release of code alone must serve, and until a rollback must (the figures). */
const CODE_ONLY = 15_000;
const ROLLBACK = 10_000;

/** MiB of the largest request body, before it is changed and after that. The guestbook takes images of 5 MiB. */
const BODY_SIZE = { before: 2, after: 4 } as const;

/** Seconds for which the ports of visitors may be closed when nginx has to be replaced under load. */
const CLOSED = 10;

/** All visitors of the load come from one address. */
const PROXY = { rateLimit: 2000, connectionLimit: 2000, bodySize: BODY_SIZE.before } as const;

let host: ReleasedHost;
let number = 1;

const release = async (): Promise<void> => host.release(++number);

beforeAll(async () => {
  host = await ReleasedHost.create("host-releases", { proxy: PROXY });
  await host.release(number);
}, FIRST_RELEASE);

it("the first release serves, and says so in its record", async () => {
  expect(await host.serving()).toBe("1");
  expect(await host.lastRecord()).toMatchObject({
    kind: "release",
    outcome: "served",
    probes_failed: 0,
    reason: "",
  });
});

it(
  `${RELEASES} releases in a row lose no request, by the load's word and by the records'`,
  async () => {
    const result = await underLoad(`${RELEASES} releases to a host`, host, async () => {
      for (let count = 0; count < RELEASES; count++) await release();
    });
    expectNothingLost(result);
    const records = (await host.records()).slice(0, Math.min(RELEASES, 5));
    expect(records.map(({ probes_failed }) => probes_failed)).toEqual(records.map(() => 0));
    const served = records.map(({ milliseconds_until_served }) => milliseconds_until_served ?? Infinity);
    console.log(`milliseconds until a release of code alone serves: ${served.join(", ")}`);
    expect(Math.max(...served)).toBeLessThanOrEqual(CODE_ONLY);
  },
  RELEASES * MINUTE + MINUTE,
);

/** Ids of nginx's containers that run. */
async function nginx(): Promise<string> {
  const filter = "label=django-deployment.role=nginx";
  return (await host.machine.exec("docker", "ps", "--quiet", "--no-trunc", "--filter", filter)).trim();
}

it(
  "another proxy.bodySize loses no request: nginx is reloaded and not replaced, and takes the larger upload",
  async () => {
    const before = await nginx();
    expect(await uploadOfSize(host.origin, BODY_SIZE.before)).toBe(413);
    host.clone.configure({ proxy: { ...PROXY, bodySize: BODY_SIZE.after }, host: HOST_SECTION });
    const result = await underLoad("another proxy.bodySize on a host", host, release);
    expectNothingLost(result);
    expect(await nginx()).toBe(before);
    expect(await uploadOfSize(host.origin, BODY_SIZE.after - 1)).toBe(201);
    expect((await host.lastRecord()).milliseconds_closed).toBeNull();
  },
  2 * MINUTE,
);

it(
  "another memory of nginx replaces it last, as the release has said before: visitors wait, and none is refused",
  async () => {
    const before = await nginx();
    const proxy = { ...PROXY, bodySize: BODY_SIZE.after, memory: 100 };
    host.clone.configure({ proxy, host: HOST_SECTION });
    let said = "";
    const result = await underLoad("another memory of nginx on a host", host, async () => {
      host.clone.release(++number);
      said = (await host.clone.mustMake("release")).output;
    });
    expectNothingLost(result);
    expect(await nginx()).not.toBe(before);
    expect(said).toMatch(
      /plan: nginx is replaced [^]*ports 80 and 443 will be closed for about 5 s[^]*==> space/,
    );
    const { milliseconds_closed: closed, probes_failed } = await host.lastRecord();
    console.log(`milliseconds for which the ports of visitors were closed: ${closed}`);
    expect(closed).toBeLessThanOrEqual(CLOSED * 1000);
    expect(probes_failed).toBe(0);
    const refused = fetch(host.origin.replace("http:", "https:"));
    await expect(refused).rejects.toMatchObject({ cause: { code: "ECONNREFUSED" } });
  },
  2 * MINUTE,
);

it(
  "a rollback of code alone serves soon, and loses no request",
  async () => {
    // Of a release with another nginx it would not be of code alone.
    await release();
    const result = await underLoad("a rollback on a host", host, async () => {
      const { output } = await host.clone.mustMake("rollback");
      expect(output).toContain("no migration lies between: the code alone goes back");
    });
    expectNothingLost(result);
    expect(await host.serving()).toBe(String(number - 1));
    const [, rolledBack] = await host.records();
    expect(rolledBack).toMatchObject({ kind: "rollback", outcome: "served", probes_failed: 0 });
    console.log(`milliseconds until a rollback serves: ${rolledBack?.milliseconds_until_served ?? "never"}`);
    expect(rolledBack?.milliseconds_until_served).toBeLessThanOrEqual(ROLLBACK);
  },
  3 * MINUTE,
);

const migration = (before: string, operation: string): string => `from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("entries", "${before}")]
    operations = [${operation}]
`;

it(
  "a rollback looks at the migrations between: one that the older code can live with, one that it can't",
  async () => {
    const folder = join(host.clone.folder, "examples/guestbook/entries/migrations");
    const models = join(folder, "..", "models.py");
    // A model without its migration is refused, and a migration without its model is the same.
    const addField = (name: string, field: string): void => {
      const text = readFileSync(models, "utf8");
      writeFileSync(models, text.replace("\n    class Meta:", `    ${name} = ${field}\n\n    class Meta:`));
    };
    const place = 'models.CharField(max_length=9, default="")';
    addField("place", place);
    const withPlace = readFileSync(models);
    writeFileSync(
      join(folder, "0002_place.py"),
      migration("0001_initial", `migrations.AddField("entry", "place", ${place})`),
    );
    await release();
    expect((await host.lastRecord()).migrations_applied).toEqual(["entries.0002_place"]);
    const { output } = await host.clone.mustMake("rollback");
    expect(output).toMatch(/entries\.0002_place: fits\n.*the code alone goes back, the schema stays/);

    addField("number", "models.IntegerField(default=0)");
    const add = 'migrations.AddField("entry", "number", models.IntegerField(default=0))';
    const drop = "ALTER TABLE entries_entry ALTER COLUMN number DROP DEFAULT";
    writeFileSync(
      join(folder, "0003_number.py"),
      migration("0002_place", `${add}, migrations.RunSQL("${drop}", migrations.RunSQL.noop)`),
    );
    const unfit = await host.clone.make("release");
    expect(unfit.status).not.toBe(0);
    expect(unfit.output).toContain(
      "- entries.0003_number: Raw SQL operation: entries_entry.number: SQL gives",
    );
    expect(unfit.output).toContain('release: { accept: { "entries.0003_number": "the reason" } }');
    expect(await host.serving()).toBe(String(number - 1));
    const accept = { "entries.0003_number": "a rollback is to find it" };
    host.clone.configure({
      proxy: { ...PROXY, bodySize: BODY_SIZE.after, memory: 100 },
      release: { accept },
      host: HOST_SECTION,
    });
    await release();
    expect((await host.lastRecord()).migrations_accepted).toEqual(accept);
    const refused = await host.clone.make("rollback");
    expect(refused.status).not.toBe(0);
    expect(refused.output).toContain("entries.0003_number: in the way: Add field number to entry");
    expect(refused.output).toContain("To take the schema back first");
    expect(await host.serving()).toBe(String(number));
    const newest = (await host.lastRecord()).release;
    await host.clone.mustMake("rollback", { args: "--anyway" });
    expect(await host.serving()).toBe(String(number - 1));

    // And forward again, to where the schema can be taken back as the refusal says.
    await host.clone.mustMake("rollback", { args: newest });
    expect(await host.serving()).toBe(String(number));
    await host.clone.mustMake("manage", { args: "migrate entries 0002_place" });
    await host.clone.mustMake("rollback");
    rmSync(join(folder, "0003_number.py"));
    writeFileSync(models, withPlace);
  },
  5 * MINUTE,
);

it(
  "what is done from day to day: releases, status, logs, manage, maintenance",
  async () => {
    const { clone } = host;
    expect((await clone.mustMake("releases")).output).toMatch(/^\S+ +serves /m);
    expect((await clone.mustMake("status", { args: "--host" })).output).toMatch(/web +Up .*healthy/);
    const json = await clone.mustMake("status", { args: "--host --json" });
    expect(JSON.parse(json.stdout)).toMatchObject({
      maintenance: false,
      services: [{}, {}, { role: "web" }],
    });
    expect((await clone.mustMake("logs", { args: "--host --no-follow -n 5 nginx" })).output).toContain(
      "GET ",
    );
    expect((await clone.mustMake("manage", { args: "showmigrations entries" })).output).toContain(
      "[X] 0001_initial",
    );
    expect((await clone.make("manage", { args: "no-such-command" })).status).not.toBe(0);

    await clone.mustMake("maintenance", { args: "on" });
    const closed = await fetch(`${host.origin}/`);
    expect([closed.status, await closed.text()]).toEqual([503, expect.stringContaining("Back in a moment")]);
    await clone.mustMake("maintenance", { args: "off" });
    expect((await fetch(`${host.origin}/`)).status).toBe(200);
  },
  2 * MINUTE,
);

it(
  "another machine with the same disk comes up with the rows, the upload and the release that it had",
  async () => {
    const png = Buffer.from(
      "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==",
      "base64",
    );
    const form = new FormData();
    form.set("name", "Ada");
    form.set("message", "before");
    form.set("image", new Blob([png], { type: "image/png" }), "dot.png");
    const posted = await fetch(`${host.origin}/api/entries/`, { method: "POST", body: form });
    const { image } = (await posted.json()) as { image: string };
    const before = { serving: await host.serving(), entries: (await host.entries("")).length };

    await host.replaceMachine("host-releases-two");
    await expectAnswer();
    const upload = await fetch(`${host.origin}${new URL(image).pathname}`);
    expect(Buffer.from(await upload.arrayBuffer())).toEqual(png);
    expect({ serving: await host.serving(), entries: (await host.entries("")).length }).toEqual(before);
    await release();
  },
  8 * MINUTE,
);

describeRefreshes(() => host);

/** Waits until the machine's services have started. */
async function expectAnswer(): Promise<void> {
  for (let wait = 0; wait < 120; wait++) {
    const status = await fetch(`${host.origin}/health/`).then(
      (answer) => answer.status,
      () => 0,
    );
    if (status === 200) return;
    await new Promise((resolve) => setTimeout(resolve, 1000));
  }
  throw new Error("the machine does not serve");
}
