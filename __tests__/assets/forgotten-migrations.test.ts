import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { pythonPackages } from "../support/python-packages";

jest.setTimeout(300_000);

const PYTHON = resolve(__dirname, "../../assets/image/python");

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "forgotten-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const FIELDS = 'name = models.CharField(max_length=80, help_text="whose")';

interface Said {
  readonly status: number | null;
  readonly output: string;
  readonly error: string;
}

/** Looks at a project with one app, whose first migration made a model with a name. */
function look(
  models: string,
  { production = true, isPackage = false }: { production?: boolean; isPackage?: boolean } = {},
): Said {
  const files = {
    "shop/__init__.py": "",
    "shop/models.py": `from django.db import models\n${models}\n`,
    "shop/migrations/__init__.py": "",
    "shop/migrations/0001_initial.py": `
from django.db import migrations, models
class Migration(migrations.Migration):
    initial = True
    operations = [migrations.CreateModel("Entry", [
        ("id", models.AutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
        ("name", models.CharField(max_length=80, help_text="whose"))])]
`,
  };
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
  const code = `
import site, sys
${isPackage ? `site.getsitepackages = lambda: [${JSON.stringify(folder)}]` : ""}
import django
from django.conf import settings
settings.configure(
    DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}},
    INSTALLED_APPS=["shop"], DEFAULT_AUTO_FIELD="django.db.models.AutoField")
django.setup()
import deployment_project
deployment_project.models(${production ? "True" : "False"})
print("goes on")`;
  const { status, stdout, stderr } = spawnSync(join(pythonPackages(), "python3"), ["-c", code], {
    cwd: folder,
    encoding: "utf8",
    env: { PYTHONPATH: `${folder}:${PYTHON}`, PYTHONDONTWRITEBYTECODE: "1" },
  });
  return { status, output: stdout, error: stderr };
}

const entry = (fields: string): string => `class Entry(models.Model):\n    ${fields}\n`;

describe("models and migrations", () => {
  it("fit: nothing is said", () => {
    expect(look(entry(FIELDS))).toEqual({ status: 0, output: "goes on\n", error: "" });
  });

  it.each([
    [
      "a new column",
      entry(`${FIELDS}\n    rating = models.IntegerField()`),
      "shop.Entry: Add field rating to entry",
    ],
    ["a column that is gone", entry("pass"), "shop.Entry: Remove field name from entry"],
    [
      "another length",
      entry("name = models.CharField(max_length=90)"),
      "shop.Entry: Alter field name on entry",
    ],
    [
      "a new model",
      `${entry(FIELDS)}class Place(models.Model):\n    pass\n`,
      "shop.Place: Create model Place",
    ],
    ["a model that is gone", "", "shop.Entry: Delete model Entry"],
    [
      "an index",
      `${entry(FIELDS)}    class Meta:\n        indexes = [models.Index(fields=["name"], name="by_name")]\n`,
      "shop.Entry: Create index by_name",
    ],
  ])(
    "a change without a migration is refused, with the model and what to type: %s",
    (_what, models, said) => {
      const { status, output, error } = look(models);
      expect([status, output]).toEqual([1, ""]);
      expect(error).toContain("migrate: models have changed and have no migration;");
      expect(error).toContain("Type `python manage.py makemigrations shop`, commit the new file");
      expect(error).toContain(`  - ${said}`);
    },
  );

  it.each([
    ["a text for people", entry('name = models.CharField(max_length=80, help_text="yours")')],
    [
      "a default of Django's",
      entry('name = models.CharField(max_length=80, help_text="whose", default="x")'),
    ],
    ["an order", `${entry(FIELDS)}    class Meta:\n        ordering = ["name"]\n`],
    ["a proxy", `${entry(FIELDS)}class Other(Entry):\n    class Meta:\n        proxy = True\n`],
    [
      "somebody else's table",
      `${entry(FIELDS)}class Other(models.Model):\n    class Meta:\n        managed = False\n`,
    ],
  ])("a change that the database never learns of is a warning: %s", (_what, models) => {
    const { status, output, error } = look(models);
    expect([status, error]).toEqual([0, ""]);
    expect(output).toMatch(
      /^migrate: warning: no migration has this change of shop\.\w+ \(the database stays the same\): .*\ngoes on\n$/,
    );
  });

  it("a package's model is a warning: nobody here can write the migration", () => {
    const { status, output } = look(entry(`${FIELDS}\n    rating = models.IntegerField()`), {
      isPackage: true,
    });
    expect([status, output]).toEqual([
      0,
      "migrate: warning: no migration has this change of shop.Entry (the model is an installed package's): " +
        "Add field rating to entry\ngoes on\n",
    ]);
  });

  it("in the profile development the developer is told, and goes on", () => {
    const { status, output } = look(entry("pass"), { production: false });
    expect(status).toBe(0);
    expect(output).toMatch(/^migrate: models have changed[^]*\n {2}- shop\.Entry: .*\ngoes on\n$/);
  });
});
