import { spawn } from "node:child_process";
import { join, resolve } from "node:path";
import { pythonPackages } from "../support/python-packages";
import { MariaDb } from "./support/mariadb";
import { MIGRATE, MigratedProject, type Said } from "./support/migrated-project";

jest.setTimeout(600_000);

const UNLIMITED = resolve(__dirname, "../../assets/image/unlimited/sitecustomize.py");

const database = new MariaDb("migrations");
let project: MigratedProject;

const python = (code: string): Said => project.python(code);

/** An INSERT of the code that knows no other column. */
const INSERT = `from django.db import connection
with connection.cursor() as c:
    c.execute("SET sql_mode = 'STRICT_TRANS_TABLES'")
    c.execute("INSERT INTO shop_entry (name) VALUES ('before')")`;

beforeAll(() => {
  database.start();
  project = new MigratedProject(database);
  database.await(
    () => python("from django.db import connection\nconnection.ensure_connection()").status === 0,
  );
  expect(python(MIGRATE)).toEqual({
    status: 0,
    output: expect.stringContaining("0001_initial... OK") as string,
  });
});
afterAll(() => {
  database.remove();
  project.remove();
});

/** Another connection that reads the table in a transaction and stays silent for so many seconds. */
async function hold(seconds: number): Promise<string> {
  const holder = spawn(
    join(pythonPackages(), "python3"),
    [
      "-c",
      `import deployment_database, time
c = deployment_database.connect()
c.cursor().execute("SELECT COUNT(*) FROM shop_entry")
print(c.thread_id(), flush=True)
time.sleep(${seconds})`,
    ],
    { cwd: project.folder, env: project.environment },
  );
  return await new Promise((held) =>
    holder.stdout.once("data", (said: Buffer) => held(said.toString().trim())),
  );
}

/** The pauses between attempts are shorter here. */
const quick = (pauses: string): string =>
  `from deployment_schema import locks\nlocks.PAUSES = (${pauses})\n${MIGRATE}`;

describe("a table that another connection holds", () => {
  it("fails the release, names the connection, and no request waits for longer than an attempt", async () => {
    project.migration(
      "0002_held",
      "0001_initial",
      'migrations.AddField("entry", "held", models.IntegerField(null=True))',
    );
    const number = await hold(40);
    const probe = spawn(
      join(pythonPackages(), "python3"),
      [
        "-c",
        `import deployment_database, time
c = deployment_database.connect()
c.autocommit(True)
worst, end = 0, time.monotonic() + 14
while time.monotonic() < end:
    began = time.monotonic()
    c.cursor().execute("SELECT COUNT(*) FROM shop_entry")
    worst = max(worst, time.monotonic() - began)
    time.sleep(0.01)
print(worst)`,
      ],
      { cwd: project.folder, env: project.environment },
    );
    const said: string[] = [];
    probe.stdout.on("data", (text: Buffer) => said.push(text.toString()));
    const ended = new Promise((done) => probe.once("close", done));
    const { status, output } = python(quick("1,"));
    expect(status).toBe(1);
    expect(output).toContain("migrate: a table is in use, and 2 attempts of 3 s each did not get it");
    expect(output).toMatch(
      new RegExp(`connection ${number} of user 'django' from [^]*silent since its last statement`),
    );
    expect(output).toContain("The statement: ALTER TABLE `shop_entry` ADD COLUMN `held`");
    await ended;
    const worst = Number(said.join(""));
    console.log(`seconds that the slowest request waited: ${worst}`);
    // It waited behind the change, and no longer than that.
    expect(worst).toBeGreaterThan(1);
    expect(worst).toBeLessThan(5);
  });

  it("is changed when the connection has ended meanwhile", async () => {
    python(`from django.db import connection
with connection.cursor() as c:
    c.execute("SELECT id FROM information_schema.processlist WHERE command = 'Sleep' AND id <> CONNECTION_ID()")
    for (number,) in c.fetchall():
        c.execute(f"KILL {number}")`);
    await hold(6);
    const { status, output } = python(quick("2, 2, 2"));
    expect([status, output]).toEqual([
      0,
      expect.stringMatching(/0002_held\.\.\. OK\n {2}a table was in use; attempt \d came through: ALTER/),
    ]);
  });
});

describe("a new column", () => {
  const FIELDS = {
    number: "models.IntegerField(default=0)",
    text: 'models.TextField(default="")',
    quoted: String.raw`models.TextField(default="100%s of 'it' \\ é")`,
    blank: "models.CharField(max_length=9, blank=True)",
    bytes: String.raw`models.BinaryField(default=b"\x00\xff")`,
    json: "models.JSONField(default=dict)",
    identity: "models.UUIDField(default=uuid.uuid4)",
    time: "models.DateTimeField(default=timezone.now)",
    changed: "models.DateTimeField(auto_now=True)",
    price: 'models.DecimalField(max_digits=5, decimal_places=2, default=decimal.Decimal("1.5"))',
    flag: "models.BooleanField(default=True)",
    given: 'models.TextField(db_default="")',
    twice:
      'models.GeneratedField(expression=models.F("number") + 1, output_field=models.IntegerField(), db_persist=True)',
  };

  it("that must have a value keeps its default: rows of the release before go in", () => {
    const all = Object.entries(FIELDS).map(
      ([name, field]) => `migrations.AddField("entry", "${name}", ${field})`,
    );
    const once =
      'migrations.AddField("entry", "once", models.TextField(default="x"), preserve_default=False)';
    project.migration("0003_added", "0002_held", [...all, once].join(", "));
    expect(python(MIGRATE).output).toContain("0003_added... OK");
    expect(python(INSERT)).toEqual({ status: 0, output: "" });
    const { output } = python(`from django.db import connection
with connection.cursor() as c:
    c.execute("SELECT number, text, quoted, blank, bytes, json, price, flag, given, twice, once FROM shop_entry")
    print(c.fetchone())`);
    expect(output).toBe(
      String.raw`(0, '', "100%s of 'it' \\ é", '', b'\x00\xff', '{}', Decimal('1.50'), 1, '', 1, 'x')` + "\n",
    );
  });

  it("fits the release before, and one whose default was taken out by hand does not", () => {
    const between = 'import deployment_migrations as m\nm.between({"shop.0001_initial", "shop.0002_held"})';
    expect(python(between).output).toBe("shop.0003_added: fits\n");
    python(`from django.db import connection
with connection.cursor() as c:
    c.execute("ALTER TABLE shop_entry ALTER COLUMN flag DROP DEFAULT")`);
    expect(python(between).output).toMatch(/^shop\.0003_added: in the way: Add field flag to entry/);
  });
});

it("a transaction in which nothing happens ends after a minute, and not in shells and jobs", () => {
  const limit = `from django.db import connection
with connection.cursor() as c:
    c.execute("SELECT @@idle_transaction_timeout, @@global.idle_transaction_timeout")
    print(c.fetchone())`;
  expect(python(limit).output).toBe("(60, 60)\n");
  // Python loads one sitecustomize; here the other one is that of PyMySQL.
  const code = `import runpy\nrunpy.run_path("${UNLIMITED}")\n${limit}`;
  expect(python(code).output).toBe("(0, 60)\n");
});
