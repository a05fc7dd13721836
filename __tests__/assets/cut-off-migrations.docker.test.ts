import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { LONG } from "../e2e/support/counts";
import { pythonPackages } from "../support/python-packages";
import { MariaDb } from "./support/mariadb";
import { IMAGE_PYTHON, type Said } from "./support/migrated-project";
import { docker } from "./support/nginx";

jest.setTimeout(LONG ? 7_200_000 : 900_000);

const database = new MariaDb("cut-off");
const SUPPORT = resolve(__dirname, "support/cut_off");

const OPTIONS = "--innodb-buffer-pool-size=128M --innodb-log-file-size=32M";

/** Apps of Django's own whose migrations are compared. */
const CONTRIB = "admin auth contenttypes sessions sites flatpages redirects"
  .split(" ")
  .map((app) => `django.contrib.${app}`);

let folder: string;

/** How a program ended that may have been killed. */
interface Ended extends Said {
  readonly signal: string | null;
}

const awaitDatabase = (): void => database.await(() => python("c.rows('SELECT 1')").status === 0);

/** Runs Python with the driver at hand as `c`, in the project of the driver or in one that a test has written. */
function python(code: string, { apps = "shop", own = false } = {}): Ended {
  const { status, signal, stdout, stderr } = spawnSync(
    join(pythonPackages(), "python3"),
    ["-c", `import cut_off as c\n${code}`],
    { cwd: folder, encoding: "utf8", env: environment(apps, own) },
  );
  return { status, signal, output: stdout + stderr };
}

const environment = (apps: string, own: boolean): Record<string, string> => ({
  ...database.environment,
  PYTHONPATH: [...(own ? [folder] : []), SUPPORT, IMAGE_PYTHON].join(":"),
  PYTHONDONTWRITEBYTECODE: "1",
  CUT_OFF_APPS: apps,
});

/** What the driver has counted. */
function counted(
  code: string,
  apps?: string,
): { readonly wrong: unknown[]; readonly [figure: string]: unknown } {
  const { status, output } = python(`import json\nprint(json.dumps(${code}))`, { apps });
  if (status !== 0) throw new Error(output);
  return JSON.parse(output.trim().split("\n").at(-1) ?? "") as { wrong: unknown[] };
}

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "cut-off-"));
  database.start(
    // Hundreds of changes of the schema, each of which MariaDB would bring to the disk.
    ["--tmpfs", "/var/lib/mysql:rw,size=1g", "--entrypoint", "sh"],
    // A test ends MariaDB, and its data are as long-lived as the container.
    ["-c", `while :; do docker-entrypoint.sh mariadbd ${OPTIONS}; done`],
  );
  awaitDatabase();
});
afterAll(() => {
  database.remove();
  rmSync(folder, { recursive: true, force: true });
});

it("migrations that nobody cuts off make what Django makes of them, and leave no note", () => {
  const { wrong, tables } = counted("c.as_django_does()", [...CONTRIB, "shop"].join(" "));
  expect(wrong).toEqual([]);
  expect(tables).toBeGreaterThan(15);
});

describe("kill -9 before and after each statement, and the next one finishes: schema, rows and records are the same", () => {
  /** Each of the statements in a long run; in a short one every so many. */
  const part = (every: number): string => (LONG ? "(0, 1)" : `(${Date.now() % every}, ${every})`);

  it("five operations, with a foreign key and Python", () => {
    const { wrong, resumed, statements } = counted(
      `c.each_statement("0001", "shop", "0002", part=${part(12)})`,
    );
    expect(wrong).toEqual([]);
    expect(statements).toBeGreaterThan(80);
    expect(resumed).toBeGreaterThan(LONG ? 100 : 5);
  });

  it("each kind of operation", () => {
    const { wrong, resumed } = counted(`c.each_statement("0002", "shop", "0003", part=${part(40)})`);
    expect(wrong).toEqual([]);
    expect(resumed).toBeGreaterThan(LONG ? 400 : 5);
  });
});

/** The only migration of a project, beside one that makes its table. */
function project(operations: string, { head = "", atomic = true, name = "0002_second" } = {}): void {
  const files = {
    "shop/__init__.py": "",
    "shop/migrations/__init__.py": "",
    "shop/migrations/0001_first.py": `
from django.db import migrations, models
class Migration(migrations.Migration):
    operations = [migrations.CreateModel("Entry", [("id", models.AutoField(primary_key=True)), ("name", models.TextField())])]
`,
    [`shop/migrations/${name}.py`]: `
from django.db import migrations, models
${head}
class Migration(migrations.Migration):
    atomic = ${atomic ? "True" : "False"}
    dependencies = [("shop", "0001_first")]
    operations = [${operations}]
`,
  };
  rmSync(join(folder, "shop"), { recursive: true, force: true });
  for (const [file, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    writeFileSync(join(folder, file), text);
  }
}

const add = (name: string, field = "models.IntegerField(null=True)"): string =>
  `migrations.AddField("entry", "${name}", ${field})`;

/** Empties the database, and ends the process that migrates at a statement. */
function cutOffAt(text: string, sent = false): void {
  python("c.empty()\nc.call_command('migrate', 'shop', '0001', verbosity=0)", { own: true });
  const { signal, output } = python(
    `with c.Kills(${JSON.stringify(text)}, ${sent ? "True" : "False"}):\n    c.migrate()`,
    {
      own: true,
    },
  );
  expect([signal, output]).toEqual(["SIGKILL", expect.any(String)]);
}

const migrate = (): Ended => python("c.migrate()", { own: true });
const sql = (query: string): string =>
  python(`print(c.rows(${JSON.stringify(query)}))`, { own: true }).output.trim();
const COLUMNS =
  "SELECT GROUP_CONCAT(column_name ORDER BY ordinal_position) FROM information_schema.columns WHERE table_name = 'shop_entry'";

describe("a migration that was cut off and cannot go on is told, and nothing is changed", () => {
  it("what was done has changed in its file; what was not may change", () => {
    project([add("a"), add("b"), add("c")].join(", "));
    cutOffAt("ADD COLUMN `b`", true);
    project([add("a", "models.IntegerField(null=True, unique=True)"), add("b")].join(", "));
    const { status, output } = migrate();
    expect(status).toBe(1);
    expect(output).toContain(
      'migrate: shop.0002_second was cut off, and its file is another one since: operation 1 was "Add field a to entry" and is in the database',
    );
    expect(sql(COLUMNS)).toBe("[('id,name,a,b',)]");
    project([add("a"), add("b"), add("d")].join(", "));
    expect(migrate().status).toBe(0);
    expect(sql(COLUMNS)).toBe("[('id,name,a,b,d',)]");
  });

  it("a statement fails: mended, the migration goes on there", () => {
    const unique = 'migrations.AlterField("entry", "name", models.CharField(max_length=9, unique=True))';
    project([add("a"), unique].join(", "));
    python(
      "c.empty()\nc.call_command('migrate', 'shop', '0001', verbosity=0)\nc.rows(\"INSERT INTO shop_entry (name) VALUES ('x'), ('x')\")",
      { own: true },
    );
    const { status, output } = migrate();
    expect(status).toBe(1);
    expect(output).toContain("the migration goes on at this statement");
    sql("UPDATE shop_entry SET name = id");
    expect(migrate()).toMatchObject({
      status: 0,
      output: expect.stringContaining("shop.0002_second was cut off: ") as string,
    });
  });

  const HEAD = `
def fill(apps, editor):
    for number in range(3):
        apps.get_model("shop", "Entry").objects.create(name=f"number {number}")
`;

  it("Python that stores bit by bit: its author says whether it may run again", () => {
    project([add("a"), "migrations.RunPython(fill)"].join(", "), { head: HEAD, atomic: false });
    cutOffAt("number 1");
    const { status, output } = migrate();
    expect(status).toBe(1);
    expect(output).toContain("was cut off inside operation 2");
    expect(output).toContain('hints={"run_again": True}');
    expect(sql("SELECT COUNT(*) FROM shop_entry")).toBe("[(1,)]");
    project([add("a"), 'migrations.RunPython(fill, hints={"run_again": True})'].join(", "), {
      head: HEAD,
      atomic: false,
    });
    expect(migrate().status).toBe(0);
    expect(sql("SELECT COUNT(*) FROM shop_entry")).toBe("[(4,)]");
  });

  it("Python that had stored nothing begins anew by itself", () => {
    project([add("a"), "migrations.RunPython(fill)"].join(", "), { head: HEAD, atomic: false });
    cutOffAt("number 0");
    expect(migrate().status).toBe(0);
    expect(sql("SELECT COUNT(*) FROM shop_entry")).toBe("[(3,)]");
  });

  it("somebody has taken back what was done: `migrations forget` lets it begin anew", () => {
    project([add("a"), add("b")].join(", "));
    cutOffAt("ADD COLUMN `b`");
    sql("ALTER TABLE shop_entry DROP COLUMN a");
    const { status, output } = migrate();
    expect(status).toBe(1);
    expect(output).toContain("somebody has changed what it left: shop_entry");
    const forget = (name: string): Said =>
      python(`from deployment_progress.forget import forget\nprint(forget("${name}"))`, { own: true });
    expect(forget("shop.0009_x").output).toContain("a migration that was cut off: shop.0002_second");
    expect(forget("shop.0002_second").output).toMatch(/shop\.0002_second: \d+ notes are forgotten/);
    expect(migrate().status).toBe(0);
    expect(sql(COLUMNS)).toBe("[('id,name,a,b',)]");
  });

  it("its file is gone: a warning, since the release may have nothing to do with it", () => {
    project([add("a"), add("b")].join(", "));
    cutOffAt("ADD COLUMN `b`");
    project([add("a"), add("b")].join(", "), { name: "0002_other" });
    const { status, output } = migrate();
    // The other migration wants the same column.
    expect(status).toBe(1);
    expect(output).toContain(
      "migrate: warning: shop.0002_second was cut off in an earlier release, and its file is not",
    );
  });

  it("several statements in one text, of which nobody knows which were done", () => {
    const twice =
      "migrations.RunSQL([\"INSERT INTO shop_entry (name) VALUES ('x'); INSERT INTO shop_entry (name) VALUES ('y')\"])";
    project([add("a"), twice].join(", "));
    cutOffAt("VALUES ('y')", true);
    const { status, output } = migrate();
    expect(status).toBe(1);
    expect(output).toContain("a statement that only you can judge: INSERT INTO shop_entry");
  });
});

it("a statement of the release before that MariaDB is still at work at is waited for", () => {
  project(
    [add("a"), 'migrations.RunSQL("CREATE TABLE shop_slow AS SELECT SLEEP(4) AS seconds")', add("b")].join(
      ", ",
    ),
  );
  cutOffAt("SLEEP(4)", true);
  expect(migrate()).toEqual({
    status: 0,
    signal: null,
    output: expect.stringMatching(
      /MariaDB is still at work[^]*was cut off: 2 statements of it are done/,
    ) as string,
  });
  expect(sql(COLUMNS)).toBe("[('id,name,a,b',)]");
});

it.each([
  ["in a change that copies a table", "CREATE TABLE shop_slow AS SELECT SLEEP(3) AS seconds", true],
  ["between a change and its note", "ADD COLUMN `b`", true],
  ["before a change", "ADD COLUMN `b`", false],
])("MariaDB is killed as well, %s: the next one finishes", (_when, text, sent) => {
  const slow = 'migrations.RunSQL("CREATE TABLE shop_slow AS SELECT SLEEP(3) AS seconds")';
  project([add("a"), slow, add("b")].join(", "));
  cutOffAt(text, sent);
  docker("exec", database.name, "sh", "-c", "kill -9 $(pidof mariadbd)");
  awaitDatabase();
  expect(migrate()).toMatchObject({ status: 0, output: expect.stringContaining("was cut off") as string });
  expect(sql(COLUMNS)).toBe("[('id,name,a,b',)]");
  expect(sql("SELECT COUNT(*) FROM shop_slow")).toBe("[(1,)]");
});

it("nothing is pending: one statement more than Django's own, and hardly anything of it is imported", () => {
  project(add("a"));
  python("c.empty()", { own: true });
  expect(migrate().status).toBe(0);
  const { output } = python(
    `import sys
from deployment_progress import start
def count(noted):
    c.connection.close()
    with c.Kills() as kills:
        with start.noted() if noted else c.redirect_stderr(sys.stderr):
            c.call_command("migrate", verbosity=0)
    return len(kills.statements)
# The first one asks for the version of the server, too.
count(False)
print(count(True) - count(False), [name for name in sys.modules if name.startswith("deployment_progress.")])`,
    { own: true },
  );
  expect(output).toBe("1 ['deployment_progress.start', 'deployment_progress.notes']\n");
});
