import { DeploymentError } from "../../../../config/errors";
import { loadDeployment } from "../../../../config/load";
import { inspectProject } from "../../../../config/project";
import type { ProjectFiles } from "../../../support/project";
import { projectOf, removeProjects, startproject } from "../../../support/project";

afterEach(removeProjects);

const DATABASE = (engine: string): string =>
  `\nDATABASES = {\n    "default": {\n        "ENGINE": ${engine},\n        "NAME": os.environ.get("DB", "x"),\n    }\n}\n`;

function uses(files: ProjectFiles, settings = ""): string[] {
  const facts = inspectProject(projectOf({ ...startproject(settings), ...files }));
  return facts.postgresqlUses.map(({ file, line, what }) => `${file}:${line} ${what}`);
}

/** What a user reads; empty when the deployment loads. */
function refusal(settings: string, project: object = {}, files: ProjectFiles = {}): string {
  try {
    loadDeployment(
      { project: { folder: projectOf({ ...startproject(settings), ...files }), ...project } },
      "/",
    );
    return "";
  } catch (error) {
    if (error instanceof DeploymentError) return error.message;
    throw error;
  }
}

it.each([
  [
    "shop/models.py",
    "from django.db import models\nfrom django.contrib.postgres.fields import ArrayField\n",
    ":2 django.contrib.postgres",
  ],
  ["shop/models.py", "from django.contrib import postgres\n", ":1 django.contrib.postgres"],
  [
    "shop/migrations/0001_initial.py",
    "import django.contrib.postgres.fields\n",
    ":1 django.contrib.postgres",
  ],
  ["shop/models.py", "from django.contrib.gis.db import models\n", ":1 django.contrib.gis"],
  ["shop/models.py", "from pgvector.django import VectorField\n", ":1 pgvector"],
  ["shop/models.py", "import pgtrigger, os\n", ":1 pgtrigger"],
  [
    "shop/migrations/0002.py",
    `operations = [\n    migrations.RunSQL(\n        "SELECT setval('shop_item_id_seq', 100)"),\n]\n`,
    ":3 SQL of PostgreSQL (setval)",
  ],
  [
    "shop/migrations/0002.py",
    `migrations.RunSQL("ALTER TABLE a ALTER b TYPE jsonb USING b::jsonb")\n`,
    ":1 SQL of PostgreSQL (jsonb)",
  ],
  [
    "shop/migrations/0002.py",
    `migrations.RunSQL(sql="CREATE EXTENSION IF NOT EXISTS pg_trgm")\n`,
    ":1 SQL of PostgreSQL (CREATE EXTENSION)",
  ],
  [
    "shop/migrations/0002.py",
    `def f(apps, editor):\n    editor.execute("CREATE INDEX a ON b USING gin (c)")\n`,
    ":2 SQL of PostgreSQL (USING gin)",
  ],
  [
    "shop/migrations/0002.py",
    `SQL = """\nCREATE EXTENSION hstore\n"""\nclass Migration:\n    operations = [migrations.RunSQL(SQL)]\n`,
    ":1 SQL of PostgreSQL (CREATE EXTENSION)",
  ],
  [
    "shop/migrations/0002.py",
    `migrations.RunSQL("ALTER TABLE a ALTER COLUMN b TYPE text")\n`,
    ":1 SQL of PostgreSQL (ALTER COLUMN b TYPE)",
  ],
  [
    "shop/migrations/0002.py",
    `migrations.RunSQL("SELECT 'a_b'::regclass")\n`,
    ":1 SQL of PostgreSQL ('::regclass)",
  ],
  ["shop/migrations/0002.py", `migrations.RunSQL("a text[]")\n`, ":1 SQL of PostgreSQL (t[])"],
])("is found with its line in %s: %s", (file, text, found) => {
  expect(uses({ [file]: text })).toEqual([`${file}${found}`]);
});

it.each([
  [`INSTALLED_APPS = [\n    "django.contrib.admin",\n    "django.contrib.postgres",\n]\n`, 10],
  [`INSTALLED_APPS += ("django.contrib.postgres",)\n`, 8],
  [`INSTALLED_APPS.append("django.contrib.postgres")\n`, 8],
  [`INSTALLED_APPS = ["django.contrib.postgres.apps.PostgresConfig"]\n`, 8],
  [`THIRD_PARTY = ["django.contrib.postgres"]\nINSTALLED_APPS = INSTALLED_APPS + THIRD_PARTY\n`, 8],
  [`others = ["django.contrib.postgres"]\nMORE = [*others]\nINSTALLED_APPS = [*INSTALLED_APPS, *MORE]\n`, 8],
])("is found among the installed applications: %s", (settings, line) => {
  expect(uses({}, settings)).toEqual([`site/settings.py:${line} django.contrib.postgres`]);
});

it.each([
  [`NOT_YET = ["django.contrib.postgres"]\n`],
  [`DISABLED_APPS = ["django.contrib.postgres"]\n`],
  [`GIS_APPS = ["django.contrib.gis"]\nif os.environ.get("GIS"):\n    INSTALLED_APPS += GIS_APPS\n`],
  [`"""\nINSTALLED_APPS = ["django.contrib.postgres"]\n"""\n`],
])("is not found in what is not installed: %s", (settings) => {
  expect(uses({}, settings)).toEqual([]);
});

it("is found in modules that the settings import", () => {
  expect(
    uses(
      { "site/apps_list.py": `THIRD = [\n    "django.contrib.gis"]\n` },
      `from site.apps_list import THIRD\nINSTALLED_APPS = INSTALLED_APPS + THIRD\n`,
    ),
  ).toEqual(["site/apps_list.py:2 django.contrib.gis"]);
});

it("is no reason to refuse in a file that no image holds", () => {
  const text = "import pgvector\n";
  expect(uses({ ".dockerignore": "tools/\n", "tools/load.py": text, "shop/models.py": text })).toEqual([
    "shop/models.py:1 pgvector",
  ]);
});

it.each([
  [
    "shop/models.py",
    "try:\n    from django.contrib.postgres.fields import ArrayField\nexcept ImportError:\n    ArrayField = None\n",
  ],
  ["shop/models.py", "if TYPE_CHECKING:\n    from django.contrib.postgres.fields import ArrayField\n"],
  ["shop/models.py", "def f():\n    from django.contrib.postgres.aggregates import ArrayAgg\n"],
  [
    "shop/models.py",
    '# from django.contrib.postgres import fields\nHELP = "django.contrib.postgres is not used, nor jsonb"\n',
  ],
  ["shop/tests/test_x.py", "from django.contrib.postgres.fields import ArrayField\n"],
  [
    "shop/migrations/0002.py",
    `def f(apps, editor):\n    if editor.connection.vendor == "postgresql":\n        editor.execute("CREATE EXTENSION x")\n`,
  ],
  ["shop/migrations/0002.py", `migrations.RunSQL("UPDATE shop_item SET name = 'serial number 5'")\n`],
  ["shop/migrations/0002.py", `help_text = "a jsonb of nextval"\n`],
  [
    "shop/migrations/0002.py",
    `migrations.RunSQL("UPDATE a SET b = '12::x, it''s jsonb' -- no pg_dump\\n WHERE c = 'with time zone'")\n`,
  ],
  [
    "shop/migrations/0002.py",
    `def f(apps, editor):\n    if editor.connection.settings_dict["ENGINE"].endswith("postgresql"):\n        editor.execute("CREATE EXTENSION x")\n`,
  ],
])("is no reason to refuse where the code knows other databases: %s %s", (file, text) => {
  expect(uses({ [file]: text })).toEqual([]);
});

describe("the engine of another server", () => {
  it.each([
    [`"django.db.backends.postgresql"`],
    [`"django.db.backends.postgresql_psycopg2"`],
    [`"django.contrib.gis.db.backends.postgis"`],
    [`"django_tenants.postgresql_backend"`],
    [`"psqlextra.backend"`],
    [`"django.db.backends.oracle"`],
    [`"mssql"`],
    [`"django_cockroachdb"`],
    [`"djongo"`],
  ])("is refused with its line: %s", (engine) => {
    const message = refusal(DATABASE(engine));
    expect(message).toContain(`✗ site/settings.py, line 11, is the database ${engine.slice(1, -1)}`);
    expect(message).toContain("overlay: true");
  });

  it("is refused as a URL that stands in the settings", () => {
    expect(refusal(`DATABASES = {"default": dj_database_url.parse("postgres://u@h/d")}`)).toContain(
      "the database postgres,",
    );
  });

  it.each([
    [`URL = "postgres://u@h/d"\nDATABASES = {"default": dj_database_url.parse(URL)}`, 9, "postgres"],
    [`DATABASES = {"default": env.db_url_config("psql://u@h/d")}`, 8, "psql"],
    [`DATABASES = {"default": {"ENGINE": "django.db.backends." + "postgresql"}}`, 8],
    [`KIND = "postgresql"\nDATABASES = {"default": {"ENGINE": f"django.db.backends.{KIND}"}}`, 9],
    [`E = "django.db.backends.postgresql"\nDATABASES = {"default": {"ENGINE": E}}`, 9],
    [`DATABASES = dict(default=dict(ENGINE="django.db.backends.postgresql"))`, 8],
    [
      `DATABASES = {"old": {"ENGINE": "django.db.backends.mysql"}, "default": {"ENGINE": "django.db.backends.postgresql"}}`,
      8,
    ],
    [
      `DATABASES = {"default": env.db()}\nDATABASES["default"]["ENGINE"] = "django.contrib.gis.db.backends.postgis"`,
      9,
      "django.contrib.gis.db.backends.postgis",
    ],
    [
      `DATABASES = {"default": dj_database_url.config(engine="django_tenants.postgresql_backend")}`,
      8,
      "django_tenants.postgresql_backend",
    ],
  ])("is refused however it is written: %s", (settings, line, engine = "django.db.backends.postgresql") => {
    expect(refusal(settings)).toContain(`✗ site/settings.py, line ${line}, is the database ${engine},`);
  });

  it.each([
    [`E = os.environ.get("E", "django.db.backends.postgresql")\nDATABASES = {"default": {"ENGINE": E}}`],
    [`U = os.environ.get("MAIN", "postgres://u@h/d")\nDATABASES = {"default": dj_database_url.parse(U)}`],
    [`DATABASES = {"default": env.db("DATABASE_URL", default="psql://u@h/d")}`],
    [
      `DATABASES = {"default": env.db()}\nDATABASES["default"]["ENGINE"] = "django_prometheus.db.backends.mysql"`,
    ],
    [
      `DATABASES = {"default": {"ENGINE": "django.db.backends.mysql"}, "old": {"ENGINE": "django.db.backends.postgresql"}}`,
    ],
    [
      `DATABASES = {"default": {"ENGINE": "django.db.backends.mysql"}}\nDATABASES["old"] = {"ENGINE": "django.db.backends.postgresql"}`,
    ],
    [`DATABASES = {"default": {"ENGINE": ENGINES[os.environ["KIND"]]}}`],
    [`DATABASES = {"default": database()}\nREPORTS = {"ENGINE": "pandas"}`],
    [`"""\nDATABASES = {"default": {"ENGINE": "django.db.backends.postgresql"}}\n"""`],
    [`# DATABASES = {"default": {"ENGINE": "django.db.backends.postgresql"}}`],
  ])(
    "is none where a variable decides, another database is meant, or nothing is executed: %s",
    (settings) => {
      expect(refusal(settings)).toBe("");
    },
  );

  it.each([
    [`"django.db.backends.mysql"`],
    [`"django.db.backends.sqlite3"`],
    [`"django_prometheus.db.backends.mysql"`],
    [`os.environ.get("DB_ENGINE", "django.db.backends.postgresql")`],
  ])("is not %s", (engine) => {
    expect(refusal(DATABASE(engine))).toBe("");
  });

  it("is none beside sqlite, nor where a URL decides", () => {
    expect(
      refusal(
        `${DATABASE(`"django.db.backends.sqlite3"`)}if os.environ.get("X"):\n    DATABASES["default"]["ENGINE"] = "django.db.backends.postgresql"\n`,
      ),
    ).toBe("");
    expect(refusal(`DATABASES = {"default": dj_database_url.config(default="postgres://u@h/d")}`)).toBe("");
  });

  it("is replaced when the user says so, and the project's own needs are still refused", () => {
    const settings = DATABASE(`"django.db.backends.postgresql"`);
    expect(refusal(settings, { overlay: true })).toBe("");
    expect(refusal(settings, { overlay: true }, { "shop/models.py": "import pgvector\n" })).toContain(
      "✗ shop/models.py, line 1, is pgvector",
    );
  });

  it("is told the engine by its variable", () => {
    const folder = projectOf(
      startproject(DATABASE(`os.environ.get("DB_ENGINE", "django.db.backends.postgresql")`)),
    );
    const { deployment } = loadDeployment({ project: { folder } }, "/");
    expect(deployment.project.databaseVariables.engine).toEqual({
      variable: "DB_ENGINE",
      value: "django.db.backends.mysql",
    });
  });
});
