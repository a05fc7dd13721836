import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { serviceOf } from "../../application/application";
import { applicationOf } from "../../application/model";
import { readMachine } from "../../cli/computer/machine";
import { guestbook, ROOT } from "../support/guestbook";
import { pythonPackages } from "../support/python-packages";
import { repetitions } from "../support/repetitions";
import { docker } from "./support/nginx";

jest.setTimeout(900_000);

const IMAGE = readMachine(ROOT).images?.["mariadb"] ?? `mariadb:${guestbook.database.image.version}`;
const NAME = `test-fit-${process.pid}`;
const ASSETS = resolve(__dirname, "../../assets/image");

/** Migrations by chance. The seed makes a failure happen again. */
const CASES = repetitions(process.env["LONG"] === "1" ? 1000 : 100);
const SEED = 7;

let folder: string;
let port: string;

const environment = (): Record<string, string> => ({
  PYTHONPATH: `${folder}:${join(ASSETS, "python")}`,
  PYTHONDONTWRITEBYTECODE: "1",
  DJANGO_SETTINGS_MODULE: "site_settings",
  DATABASE_HOST: "127.0.0.1",
  DATABASE_PORT: port,
  DATABASE_NAME: "django",
  DATABASE_USER: "django",
  DATABASE_PASSWORD: "password",
});

function run(...words: readonly string[]): { status: number | null; output: string } {
  const { status, stdout, stderr } = spawnSync(join(pythonPackages(), "python3"), words, {
    cwd: folder,
    encoding: "utf8",
    env: environment(),
  });
  return { status, output: stdout + stderr };
}

/** Runs Python in the project, with the image's modules. */
const python = (code: string): { status: number | null; output: string } =>
  run("-c", `import django\ndjango.setup()\n${code}`);

const MIGRATE =
  "import deployment_database as d, deployment_project as p\nwith d.only_one() as c:\n    p.migrate(c)";

/** The step before the migrations. */
const look = (options: {
  onHost?: boolean;
  serving?: readonly string[];
  accept?: Readonly<Record<string, string>>;
}): { status: number | null; output: string } =>
  python(`import deployment_fit.pending as p
p.look(on_host=${options.onHost === false ? "False" : "True"}, serving=${options.serving ? JSON.stringify(options.serving) : "None"}, accept=${JSON.stringify(options.accept ?? {})})
print("goes on")`);

const between = (...known: readonly string[]): string =>
  python(`import deployment_migrations as m\nm.between(set(${JSON.stringify(known)}))`).output;

function write(files: Readonly<Record<string, string>>): void {
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
}

function migration(name: string, before: string | undefined, operations: string, more = ""): void {
  write({
    [`shop/migrations/${name}.py`]: `
from django.db import migrations, models
class Migration(migrations.Migration):
    ${more}
    dependencies = [${before === undefined ? "" : `("shop", "${before}")`}]
    operations = [${operations}]
`,
  });
}

const FIRST =
  'migrations.CreateModel("Entry", [("id", models.AutoField(primary_key=True)), ("name", models.TextField())])';

beforeAll(() => {
  const { command } = serviceOf(applicationOf(guestbook), "database");
  const variables = ["MARIADB_ROOT_PASSWORD=root", "MARIADB_PASSWORD=password", "MARIADB_USER=django"];
  docker(
    ...["run", "--detach", "--name", NAME, "--publish", "127.0.0.1::3306"],
    ...[...variables, "MARIADB_DATABASE=django", "MARIADB_INITDB_SKIP_TZINFO=1"].flatMap((set) => [
      "--env",
      set,
    ]),
    ...[IMAGE, ...(command ?? [])],
  );
  port = docker("port", NAME, "3306/tcp").trim().split(":").at(-1) ?? "";
});
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "fit-"));
  write({
    "sitecustomize.py":
      "import pymysql\npymysql.version_info = (2, 2, 9, 'final', 0)\npymysql.install_as_MySQLdb()\n",
    "site_settings.py": `
import os
SECRET_KEY = "x"
INSTALLED_APPS = ["shop"]
DEFAULT_AUTO_FIELD = "django.db.models.AutoField"
DATABASES = {"default": {"ENGINE": "django.db.backends.mysql", **{name: os.environ["DATABASE_" + name]
    for name in ("HOST", "PORT", "NAME", "USER", "PASSWORD")}}}
`,
    "shop/__init__.py": "",
    "shop/migrations/__init__.py": "",
  });
  migration("0001_initial", undefined, FIRST);
  const end = Date.now() + 180_000;
  const empty = `from django.db import connection
with connection.cursor() as c:
    for table in connection.introspection.table_names():
        c.execute("DROP TABLE " + table)`;
  while (python(empty).status !== 0) {
    if (Date.now() > end) throw new Error(docker("logs", NAME));
    spawnSync("sleep", ["1"]);
  }
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));
afterAll(() => {
  spawnSync("docker", ["rm", "--force", "--volumes", NAME]);
});

const KNOWN = ["shop.0001_initial"];
const REMOVED = 'migrations.RemoveField("entry", "name")';

describe("a migration that does not fit", () => {
  it("is refused on a host before anything is changed, and no first release is judged", () => {
    migration("0002_gone", "0001_initial", REMOVED);
    expect(look({})).toEqual({ status: 0, output: "goes on\n" });
    migration("0002_gone", "0001_initial", "");
    python(MIGRATE);
    migration("0003_gone", "0002_gone", REMOVED);
    const { status, output } = look({ serving: KNOWN });
    expect(status).toBe(1);
    expect(output).toContain(
      "  - shop.0003_gone: Remove field name from entry: shop_entry.name: the column is gone",
    );
    expect(output).toContain('release: { accept: { "shop.0003_gone": "the reason" } }');
    expect(output).not.toContain("goes on");
    const read =
      'from django.db import connection\nconnection.cursor().execute("SELECT name FROM shop_entry")';
    expect(python(read)).toEqual({ status: 0, output: "" });
  });

  it("is a warning on this computer, goes on with a reason, and is not judged with Python alone", () => {
    python(MIGRATE);
    migration("0002_gone", "0001_initial", REMOVED);
    migration("0003_filled", "0002_gone", "migrations.RunPython(print)");
    const local = look({ onHost: false });
    expect(local.status).toBe(0);
    expect(local.output).toMatch(/^migrate: warning: a host refuses these migrations: [^]*goes on\n$/);
    expect(look({ accept: { "shop.0002_gone": "it's night" } })).toEqual({
      status: 0,
      output: "  Accepted shop.0002_gone: it's night\n  Not judged shop.0003_filled: Python\ngoes on\n",
    });
  });

  it("a reason for a migration that is not there is told", () => {
    python(MIGRATE);
    expect(look({ accept: { "shop.0002_gnoe": "x" } }).output).toBe(
      "migrate: warning: release.accept names shop.0002_gnoe, which is no migration of this release: take it out\ngoes on\n",
    );
  });
});

describe("the release that serves", () => {
  it("does not know what a release that failed has made: that may go", () => {
    migration(
      "0002_more",
      "0001_initial",
      'migrations.AddField("entry", "more", models.TextField(null=True))',
    );
    python(MIGRATE);
    migration("0003_less", "0002_more", 'migrations.RemoveField("entry", "more")');
    expect(look({ serving: KNOWN })).toEqual({ status: 0, output: "goes on\n" });
    expect(look({ serving: [...KNOWN, "shop.0002_more"] }).status).toBe(1);
    // As long as nobody knows what serves, all that the database has counts.
    expect(look({}).status).toBe(1);
  });

  it("knows the migrations that a squashed one stands for", () => {
    migration(
      "0002_more",
      "0001_initial",
      'migrations.AddField("entry", "more", models.TextField(null=True))',
    );
    python(MIGRATE);
    migration(
      "0001_squashed",
      undefined,
      `${FIRST}, migrations.AddField("entry", "more", models.TextField(null=True))`,
      'replaces = [("shop", "0001_initial"), ("shop", "0002_more")]',
    );
    const known = [...KNOWN, "shop.0002_more"];
    expect(between(...known)).toBe("");
    expect(between(...KNOWN)).toMatch(/^shop\.0001_squashed: nobody can tell: Squashed: /);
    // The files that it stands for are removed later.
    for (const name of ["0001_initial", "0002_more"]) rmSync(join(folder, `shop/migrations/${name}.py`));
    expect(between(...known)).toBe("");
    migration("0003_less", "0001_squashed", 'migrations.RemoveField("entry", "more")');
    expect(look({ serving: known }).output).toContain(
      "shop.0003_less: Remove field more from entry: shop_entry.more",
    );
  });

  it("uses whatever the database has, when files of its migrations are gone", () => {
    python(MIGRATE);
    python(
      'from django.db import connection\nconnection.cursor().execute("CREATE TABLE blog_text (id int)")',
    );
    migration("0002_gone", "0001_initial", 'migrations.RunSQL("DROP TABLE blog_text")');
    expect(look({ serving: KNOWN }).status).toBe(0);
    const { status, output } = look({ serving: [...KNOWN, "blog.0001_initial"] });
    expect([status, output]).toEqual([1, expect.stringContaining("blog_text: SQL removes the table")]);
  });
});

it("the lines of a refusal let a column go in two releases, and older code works after each", () => {
  python(MIGRATE);
  migration("0002_gone", "0001_initial", REMOVED);
  const lines = look({ serving: KNOWN }).output.trimEnd().split("\n");
  const from = lines.findIndex((line) => line.includes("SeparateDatabaseAndState"));
  migration("0002_gone", "0001_initial", lines.slice(from, from + 4).join("\n"));
  expect(look({ serving: KNOWN })).toEqual({ status: 0, output: "goes on\n" });
  python(MIGRATE);
  const insert = (columns: string): string => `from django.db import connection
with connection.cursor() as c:
    c.execute("SET sql_mode = 'STRICT_TRANS_TABLES'")
    c.execute("INSERT INTO shop_entry ${columns}")`;
  // The code before knows the column, the code of now does not.
  expect(python(insert("(name) VALUES ('a')"))).toEqual({ status: 0, output: "" });
  expect(python(insert("() VALUES ()"))).toEqual({ status: 0, output: "" });
  expect(between(...KNOWN)).toBe("shop.0002_gone: fits\n");
  migration("0003_gone", "0002_gone", lines.at(-1) ?? "");
  expect(look({ serving: KNOWN }).status).toBe(1);
  expect(look({ serving: [...KNOWN, "shop.0002_gone"] })).toEqual({ status: 0, output: "goes on\n" });
  expect(python(MIGRATE).output).toContain("0003_gone... OK");
  expect(between(...KNOWN)).toMatch(/shop\.0003_gone: in the way: .*shop_entry\.name|SQL removes the column/);
  expect(python(insert("() VALUES ()"))).toEqual({ status: 0, output: "" });
});

it(`of ${CASES} migrations by chance, older code goes on with each that fits`, () => {
  const { status, output } = run(
    join(__dirname, "support/fitting_migrations.py"),
    String(CASES),
    String(SEED),
  );
  console.log(output);
  expect(status).toBe(0);
  const lines = output.trimEnd().split("\n");
  expect(lines.slice(0, -1)).toEqual([]);
  const counts = JSON.parse(lines.at(-1) ?? "") as Readonly<Record<string, number>>;
  expect(counts["fits, works"]).toBeGreaterThan(CASES / 20);
  expect(counts["in the way, fails"]).toBeGreaterThan(0);
});
