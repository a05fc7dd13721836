import { spawnSync } from "node:child_process";
import { mkdtempSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { pythonPackages } from "../support/python-packages";

jest.setTimeout(300_000);

const PYTHON = resolve(__dirname, "../../assets/image/python");

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "project-fails-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Runs a line of Python in a folder that holds these files. */
function run(files: Readonly<Record<string, string>>, code: string): ReturnType<typeof spawnSync> {
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
  return spawnSync(join(pythonPackages(), "python3"), ["-c", code], {
    cwd: folder,
    encoding: "utf8",
    env: { PYTHONPATH: `${folder}:${PYTHON}`, PYTHONDONTWRITEBYTECODE: "1" },
  });
}

describe("a module that can't be imported is said with its way out", () => {
  const missing = (name: string): string =>
    `raise ModuleNotFoundError("No module named '${name}'", name="${name}")`;

  it.each([
    ["django", "add a line with Django"],
    ["distutils", 'Write project: { python: "3.11" }'],
    ["cgi", 'Write project: { python: "3.12" }'],
    ["pytz", "If pytz is a package from PyPI"],
  ])("while Django is loaded: %s", (name, way) => {
    const { status, stderr } = run(
      { "django/__init__.py": missing(name) },
      "import deployment_project; deployment_project.manage()",
    );
    expect(status).toBe(1);
    expect(stderr).toContain(
      `migrate: Django can't be loaded: ModuleNotFoundError: No module named '${name}'`,
    );
    expect(stderr).toContain(way);
  });

  it.each([
    ["imp", 'Write project: { python: "3.11" }'],
    ["telnetlib", 'Write project: { python: "3.12" }'],
    ["requests", "If requests is a package from PyPI"],
  ])("while the settings are loaded: %s", (name, way) => {
    const { status, stderr } = run(
      { "site_settings.py": missing(name) },
      'import os; os.environ["DJANGO_SETTINGS_MODULE"] = "site_settings"; import deployment_project; deployment_project.manage()',
    );
    expect(status).toBe(1);
    expect(stderr).toContain("migrate: the settings site_settings can't be loaded");
    expect(stderr).toContain(way);
  });
});

describe("a migration that fails", () => {
  const migrate = `
import django
from django.conf import settings
settings.configure(
    DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}},
    INSTALLED_APPS=["shop"], DEFAULT_AUTO_FIELD="django.db.models.AutoField")
django.setup()
import deployment_project
deployment_project.migrate()`;
  const withOperation = (operation: string, before = ""): Record<string, string> => ({
    "shop/__init__.py": "",
    "shop/migrations/__init__.py": "",
    "shop/migrations/0001_initial.py": `
from django.db import migrations
${before}
class Migration(migrations.Migration):
    operations = [${operation}]
`,
  });

  it("is named on a line of its own, and its statement is shown", () => {
    const { status, stdout, stderr } = run(
      withOperation('migrations.RunSQL("ALTER TABLE nowhere\\n  ADD COLUMN colour int")'),
      migrate,
    );
    expect(status).toBe(1);
    expect(stdout).toMatch(/Applying shop\.0001_initial\.\.\.\n$/);
    expect(stderr).toContain("migrate: a migration failed: OperationalError: no such table: nowhere\n");
    expect(stderr).toContain("  The statement: ALTER TABLE nowhere ADD COLUMN colour int\n");
  });

  it("shows no statement that another one's failure has nothing to do with", () => {
    const { status, stderr } = run(
      withOperation(
        "migrations.RunPython(fill)",
        `
def fill(apps, editor):
    try:
        editor.execute("SELECT secret FROM nowhere")
    except Exception:
        pass
    raise ValueError("no rows")
`,
      ),
      migrate,
    );
    expect(status).toBe(1);
    expect(stderr).toContain("migrate: a migration failed: ValueError: no rows\n");
    expect(stderr).not.toContain("The statement:");
  });
});
