import { rmSync } from "node:fs";
import { join } from "node:path";
import { repetitions } from "../support/repetitions";
import { MariaDb } from "./support/mariadb";
import { FIRST_OPERATION, MIGRATE, MigratedProject, type Said } from "./support/migrated-project";

jest.setTimeout(900_000);

/** Migrations by chance. The seed makes a failure happen again. */
const CASES = repetitions(process.env["LONG"] === "1" ? 1000 : 100);
const SEED = 7;

const database = new MariaDb("fit");
let project: MigratedProject;

const python = (code: string): Said => project.python(code);

/** The step before the migrations. */
const look = (options: {
  onHost?: boolean;
  serving?: readonly string[];
  accept?: Readonly<Record<string, string>>;
}): Said =>
  python(`import deployment_fit.pending as p
p.look(on_host=${options.onHost === false ? "False" : "True"}, serving=${options.serving ? JSON.stringify(options.serving) : "None"}, accept=${JSON.stringify(options.accept ?? {})})
print("goes on")`);

const between = (...known: readonly string[]): string =>
  python(`import deployment_migrations as m\nm.between(set(${JSON.stringify(known)}))`).output;

const migration = (...words: Parameters<MigratedProject["migration"]>): void => project.migration(...words);

beforeAll(() => database.start());
beforeEach(() => {
  project = new MigratedProject(database);
  const empty = `from django.db import connection
with connection.cursor() as c:
    for table in connection.introspection.table_names():
        c.execute("DROP TABLE " + table)`;
  database.await(() => python(empty).status === 0);
});
afterEach(() => project.remove());
afterAll(() => database.remove());

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
      `${FIRST_OPERATION}, migrations.AddField("entry", "more", models.TextField(null=True))`,
      'replaces = [("shop", "0001_initial"), ("shop", "0002_more")]',
    );
    const known = [...KNOWN, "shop.0002_more"];
    expect(between(...known)).toBe("");
    expect(between(...KNOWN)).toMatch(/^shop\.0001_squashed: nobody can tell: Squashed: /);
    // The files that it stands for are removed later.
    for (const name of ["0001_initial", "0002_more"])
      rmSync(join(project.folder, `shop/migrations/${name}.py`));
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
  const { status, output } = project.run([
    join(__dirname, "support/fitting_migrations.py"),
    String(CASES),
    String(SEED),
  ]);
  console.log(output);
  expect(status).toBe(0);
  const lines = output.trimEnd().split("\n");
  expect(lines.slice(0, -1)).toEqual([]);
  const counts = JSON.parse(lines.at(-1) ?? "") as Readonly<Record<string, number>>;
  expect(counts["fits, works"]).toBeGreaterThan(CASES / 20);
  expect(counts["in the way, fails"]).toBeGreaterThan(0);
});
