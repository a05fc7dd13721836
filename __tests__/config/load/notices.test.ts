import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { djangoEnvironment } from "../../../application/processes/django-environment";
import { DEFINITIONS } from "../../../application/registry/definitions";
import { type Counted, sqliteWarning } from "../../../cli/preflight/sqlite-rows";
import { DeploymentError } from "../../../config/errors";
import { loadDeployment } from "../../../config/load";
import { projectOf, removeProjects, startproject } from "../../support/project";

afterEach(removeProjects);

const ROOT = join(__dirname, "../../..");
const READY = `
DEBUG = False
ALLOWED_HOSTS = os.environ["ALLOWED_HOSTS"].split(",")
STATIC_ROOT = BASE_DIR / "staticfiles"
DATABASES = {"default": dj_database_url.config()}
`;

function load(settings: string, project: object = {}): ReturnType<typeof loadDeployment> {
  return loadDeployment({ project: { folder: projectOf(startproject(settings)), ...project } }, "/");
}

function message(action: () => unknown): string {
  try {
    action();
    return "";
  } catch (error) {
    if (error instanceof DeploymentError) return error.message;
    throw error;
  }
}

it("says nothing of settings that are made for production", () => {
  expect(load(READY).notices).toEqual([]);
});

it("says why our settings are laid over, what they set, and how to be rid of them", () => {
  const [notice, ...rest] = load(`${READY}DEBUG = True\n`).notices;
  expect(rest).toEqual([]);
  expect(notice).toMatch(
    /^settings of ours are laid over site\.settings, because DEBUG is True\. They set DATABASES, /,
  );
  expect(notice).toContain("write overlay: false into project");
});

it("says that nobody can log in with cookies for https alone", () => {
  expect(load(`${READY}SESSION_COOKIE_SECURE = True\nCSRF_COOKIE_SECURE = not DEBUG\n`).notices).toEqual([
    expect.stringMatching(
      /^SESSION_COOKIE_SECURE and CSRF_COOKIE_SECURE are True, and there is no https yet/,
    ),
  ]);
});

it("turns DEBUG off by its variable in production, and not in development", () => {
  const { deployment } = load(READY.replace("DEBUG = False", 'DEBUG = os.environ.get("DEBUG", "1") == "1"'));
  expect(djangoEnvironment(deployment, DEFINITIONS)).toMatchObject({ DEBUG: "False" });
  expect(djangoEnvironment(deployment, DEFINITIONS, "site.settings")).not.toHaveProperty("DEBUG");
});

it("refuses DEBUG that only another variable turns off, with the line to write", () => {
  const settings = READY.replace("DEBUG = False", 'DEBUG = os.environ.get("STAGE", "dev") != "live"');
  expect(message(() => load(settings))).toContain(
    'to do:    write environment: { STAGE: "live" } into project',
  );
  expect(message(() => load(settings, { environment: { STAGE: "live" } }))).toBe("");
});

it("refuses what overlay: false leaves on", () => {
  const refused = message(() =>
    load(`${READY}DEBUG = True\nSECURE_SSL_REDIRECT = True\n`, { overlay: false }),
  );
  expect(refused).toContain("✗ DEBUG (site/settings.py, line 13) is True in production");
  expect(refused).toContain("✗ SECURE_SSL_REDIRECT (site/settings.py, line 14) is True");
});

describe("a .env that names another database", () => {
  const notices = (settings: string, env: string): readonly string[] =>
    loadDeployment({ project: { folder: projectOf({ ...startproject(settings), ".env": env }) } }, "/")
      .notices;
  const OWN = READY.replace(
    "dj_database_url.config()",
    '{"ENGINE": os.environ.get("DB_ENGINE", "django.db.backends.mysql"), "HOST": os.environ["DB_HOST"], "NAME": os.environ["DB_NAME"], "USER": os.environ["DB_USER"], "PASSWORD": os.environ["DB_PASSWORD"]}',
  );

  it("is told, with the names that win over ours", () => {
    expect(notices(OWN, "DB_HOST=localhost\nDB_ENGINE=x\nOTHER=1\n")).toEqual([
      ".env sets DB_HOST, DB_ENGINE, and wins over what this deployment gives: unless that is its own MariaDB, take them out of .env; the right values are given without them",
    ]);
    expect(notices(READY, "DATABASE_URL=postgres://u@localhost/d\n")[0]).toMatch(
      /^\.env sets DATABASE_URL, .*take it out of \.env; the right values are given without it$/,
    );
    expect(notices(OWN, "DATABASE_HOST=localhost\n")).toHaveLength(1);
  });

  it("is none for a password, which the database is told, nor for names that nobody reads", () => {
    expect(notices(OWN, "DB_PASSWORD=x\nDATABASE_PASSWORD=x\nDATABASE_URL=x\nSECRET_KEY=x\n")).toEqual([]);
  });
});

it("names the variable of deployment.ts by which a setting is on, and not the settings alone", () => {
  const settings = `${READY.replace("DEBUG = False", 'DEBUG = os.environ.get("DEBUG", "0") == "1"')}SECURE_SSL_REDIRECT = os.environ.get("TLS", "0") == "1"\n`;
  const environment = { DEBUG: "1", TLS: "1" };
  expect(load(settings, { environment }).notices[0]).toMatch(
    /because DEBUG is True with DEBUG: "1" in project\.environment; SECURE_SSL_REDIRECT is True with TLS: "1" in/,
  );
  const refused = message(() => load(settings, { environment, overlay: false }));
  expect(refused).toContain('is True in production with DEBUG: "1" of project.environment');
  expect(refused).toContain("to do:    take DEBUG out of project.environment, where deployment.ts sets it");
  expect(refused).toContain("to do:    take TLS out of project.environment, where deployment.ts sets it");
  expect(message(() => load(settings, { overlay: false }))).toBe("");
});

describe("a sqlite file", () => {
  function sqlite(sql: string): string {
    const folder = projectOf({});
    const file = join(folder, "db.sqlite3");
    spawnSync("python3", [
      "-c",
      `import sqlite3; c = sqlite3.connect(${JSON.stringify(file)}); c.executescript(${JSON.stringify(sql)}); c.commit()`,
    ]);
    return file;
  }
  /** Counts as the commands do, with the same program. */
  const count = (file: string): Promise<Counted | undefined> => {
    const program = join(ROOT, "assets/local/sqlite_rows.py");
    const { status, stdout } = spawnSync("python3", ["-IS", program, file], { encoding: "utf8" });
    return Promise.resolve(status === 0 ? (JSON.parse(stdout) as Counted) : undefined);
  };
  const warn = (file: string): Promise<string | undefined> => sqliteWarning(file, join(file, ".."), count);

  it("is found in the settings", () => {
    const settings = `DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": BASE_DIR / "data" / "db.sqlite3"}}`;
    expect(load(settings).sqliteFile).toBe("data/db.sqlite3");
    expect(load(READY).sqliteFile).toBeUndefined();
  });

  it("is counted without what Django makes by itself", async () => {
    const file = sqlite(`CREATE TABLE django_migrations (a); INSERT INTO django_migrations VALUES (1);
CREATE TABLE "a ""b" (a); INSERT INTO "a ""b" VALUES (1), (2); CREATE TABLE c (a); INSERT INTO c VALUES (3); CREATE TABLE d (a);`);
    expect(await warn(file)).toMatch(
      /^the database db\.sqlite3, which the settings name, holds 3 rows in 2 tables, which are not taken along/,
    );
  });

  it("is not worth a word when it holds nothing", async () => {
    expect(
      await warn(sqlite("CREATE TABLE django_migrations (a); INSERT INTO django_migrations VALUES (1);")),
    ).toBeUndefined();
    expect(await warn(join(projectOf({ x: "" }), "x"))).toBeUndefined();
    expect(await warn("/nowhere/db.sqlite3")).toBeUndefined();
  });

  it("is named as it can be found: beside the project, else by its whole path", async () => {
    const file = sqlite("CREATE TABLE a (b); INSERT INTO a VALUES (1);");
    expect(await sqliteWarning(file, join(file, "../x"), count)).toContain("the database ../db.sqlite3,");
    expect(await sqliteWarning(file, "/home/me/project", count)).toContain(`the database ${file},`);
  });

  it("is spoken of when it can't be read", async () => {
    const file = join(
      projectOf({ "db.sqlite3": "no database, and long enough to be taken for a broken one" }),
      "db.sqlite3",
    );
    expect(await warn(file)).toContain("could not be read here");
  });
});

describe("a gunicorn that is older than our worker is tested for", () => {
  const withGunicorn = (specifier: string, python: string) => () =>
    loadDeployment(
      {
        project: {
          folder: projectOf({ ...startproject(READY), "requirements.txt": `Django\ngunicorn${specifier}\n` }),
          python,
        },
      },
      "/",
    ).notices;

  it("is refused where it does not start", () =>
    expect(message(withGunicorn("==20.1.0", "3.12"))).toMatch(
      /requirements\.txt is gunicorn==20\.1\.0, which imports pkg_resources; Python 3\.12 comes without that module.*gunicorn 21 or newer.*gunicorn>=27/s,
    ));

  it("is told elsewhere", () =>
    expect(withGunicorn("==20.1.0", "3.11")()).toEqual([
      expect.stringMatching(/^requirements\.txt asks for gunicorn==20\.1\.0: it gets no fixes/),
    ]));

  it.each(["==21.2.0", "", ">=20"])("is none when the project writes gunicorn%s", (specifier) =>
    expect(withGunicorn(specifier, "3.13")()).toEqual([]),
  );
});
