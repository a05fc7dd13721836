import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { pythonPackages } from "../../support/python-packages";
import type { MariaDb } from "./mariadb";

/** The image's modules. */
export const IMAGE_PYTHON = resolve(__dirname, "../../../assets/image/python");

/** What a program wrote, and how it ended. */
export interface Said {
  readonly status: number | null;
  readonly output: string;
}

/** Brings the schema up to date, as the migrate step does. */
export const MIGRATE =
  "import deployment_database as d, deployment_project as p\nwith d.only_one() as c:\n    p.migrate(c)";

/** Of the first migration: makes the table of entries. */
export const FIRST_OPERATION =
  'migrations.CreateModel("Entry", [("id", models.AutoField(primary_key=True)), ("name", models.TextField())])';

/** A project with one app, `shop`, whose first migration makes the table of entries. PyMySQL plays mysqlclient. */
export class MigratedProject {
  public readonly folder = mkdtempSync(join(tmpdir(), "migrated-"));

  public constructor(private readonly database: MariaDb) {
    this.write({
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
    this.migration("0001_initial", undefined, FIRST_OPERATION);
  }

  /** Writes files, by their paths. */
  public write(files: Readonly<Record<string, string>>): void {
    for (const [name, text] of Object.entries(files)) {
      mkdirSync(dirname(join(this.folder, name)), { recursive: true });
      writeFileSync(join(this.folder, name), text);
    }
  }

  /**
   * Writes a migration of `shop`.
   *
   * @param before the one that it depends on
   * @param more further lines of the class
   */
  public migration(name: string, before: string | undefined, operations: string, more = ""): void {
    this.write({
      [`shop/migrations/${name}.py`]: `
import datetime, decimal, uuid
from django.db import migrations, models
from django.utils import timezone
class Migration(migrations.Migration):
    ${more}
    dependencies = [${before === undefined ? "" : `("shop", "${before}")`}]
    operations = [${operations}]
`,
    });
  }

  /** Runs Python in the project, with the image's modules. */
  public python(code: string): Said {
    return this.run(["-c", `import django\ndjango.setup()\n${code}`]);
  }

  /** Runs a program of Python in the project. */
  public run(words: readonly string[]): Said {
    const { status, stdout, stderr } = spawnSync(join(pythonPackages(), "python3"), words, {
      cwd: this.folder,
      encoding: "utf8",
      env: this.environment,
    });
    return { status, output: stdout + stderr };
  }

  /** What Python in the project reads. */
  public get environment(): Record<string, string> {
    return {
      ...this.database.environment,
      PYTHONPATH: `${this.folder}:${IMAGE_PYTHON}`,
      PYTHONDONTWRITEBYTECODE: "1",
      DJANGO_SETTINGS_MODULE: "site_settings",
    };
  }

  public remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}
