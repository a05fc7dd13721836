import { databaseOf } from "../../../config/project/database";
import type { DatabaseFacts } from "../../../config/project/database";
import { PythonModules } from "../../../config/python/module";
import { ProjectTree } from "../../../config/tree/tree";
import { projectOf, removeProjects } from "../../support/project";

afterEach(removeProjects);

function database(text: string): DatabaseFacts {
  const folder = projectOf({ "settings.py": text });
  const module = new PythonModules(new ProjectTree(folder), { pythonRoot: ".", mount: "/app" }).read(
    "settings",
  );
  if (module === undefined) throw new Error("settings.py was not read");
  return databaseOf(module);
}

describe("databaseOf", () => {
  test("names the variable of each part", () => {
    const text = `DATABASES = {"default": {
      "ENGINE": "django.db.backends.mysql",
      "NAME": os.environ.get("MYSQL_DATABASE", "x"),
      "USER": env("MYSQL_USER"),
      "PASSWORD": config("MYSQL_PASSWORD", default=""),
      "HOST": os.environ["MYSQL_HOST"],
      "PORT": int(os.getenv("MYSQL_PORT") or 3306),
      "OPTIONS": {"charset": os.getenv("CHARSET")},
    }}`;
    expect(database(text)).toEqual({
      engines: ["django.db.backends.mysql"],
      variables: {
        NAME: "MYSQL_DATABASE",
        USER: "MYSQL_USER",
        PASSWORD: "MYSQL_PASSWORD",
        HOST: "MYSQL_HOST",
        PORT: "MYSQL_PORT",
      },
    });
  });

  test("an engine can be a variable too", () => {
    const text = `DATABASES = {"default": {"ENGINE": os.getenv("SQL_ENGINE", "django.db.backends.sqlite3"), "NAME": BASE_DIR / "db"}}`;
    expect(database(text)).toEqual({
      engines: ["django.db.backends.sqlite3"],
      variables: { ENGINE: "SQL_ENGINE" },
      engineValue: "django.db.backends.mysql",
    });
  });

  test("a database in a function, a branch or an import is found", () => {
    const text = `if a:\n    DATABASES = {"default": {"ENGINE": "django.db.backends.mysql", "HOST": env("DB_HOST")}}`;
    expect(database(text).variables).toEqual({ HOST: "DB_HOST" });
    expect(
      database(`def mariadb():\n    return {"ENGINE": "django.db.backends.mysql", "HOST": env("H")}`)
        .variables,
    ).toEqual({ HOST: "H" });
  });

  test.each([
    [`DATABASES = {"default": env.db()}`, "DATABASE_URL"],
    [`DATABASES = {"default": env.db_url("MAIN_DB", default="x")}`, "MAIN_DB"],
    [`DATABASES["default"] = dj_database_url.config(conn_max_age=500)`, "DATABASE_URL"],
    [`DATABASES = {"default": dj_database_url.parse(os.environ["JAWSDB_URL"])}`, "JAWSDB_URL"],
    [`REDIS_URL = os.environ["REDIS_URL"]`, undefined],
  ])("%s", (text, urlVariable) => {
    expect(database(text).urlVariable).toBe(urlVariable);
  });

  test("a part may have a name of its own", () => {
    const text = `HOST = os.environ["DB_HOST"]\nPORT = int(os.getenv("DB_PORT", "3306"))\nDATABASES = {"default": {"ENGINE": "django.db.backends.mysql", "HOST": HOST, "PORT": PORT}}`;
    expect(database(text).variables).toEqual({ HOST: "DB_HOST", PORT: "DB_PORT" });
  });

  test.each([
    [
      `DATABASES = {"old": {"ENGINE": "django.db.backends.mysql", "HOST": env("OLD")}, "default": {"ENGINE": "django.db.backends.mysql", "HOST": env("NEW")}}`,
      { engines: ["django.db.backends.mysql"], variables: { HOST: "NEW" } },
    ],
    [
      `DATABASES = {"default": {"ENGINE": "django.db.backends.mysql"}}\nDATABASES["old"] = {"ENGINE": "django.db.backends.mysql", "HOST": env("OLD")}`,
      { engines: ["django.db.backends.mysql"], variables: {} },
    ],
    [
      `DATABASES = {"old": env.db("OLD_URL"), "default": env.db("NEW_URL")}`,
      { engines: [], variables: {}, urlVariable: "NEW_URL" },
    ],
    [
      `DATABASES = dict(old=env.db("OLD_URL"), default=dj_database_url.parse(env("NEW")))`,
      { engines: [], variables: {}, urlVariable: "NEW" },
    ],
  ])("of several databases the default one is ours: %s", (text, facts) => {
    expect(database(text)).toEqual(facts);
  });

  test("other things with an ENGINE or a HOST are not the database", () => {
    const text = `AUTH = [{"NAME": env("A")}]\nEMAIL = {"HOST": env("B")}\nSESSION_ENGINE = "django.contrib.sessions.backends.cache"`;
    expect(database(text)).toEqual({ engines: [], variables: {} });
  });
});
