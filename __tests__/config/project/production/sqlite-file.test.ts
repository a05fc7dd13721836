import { inspectProject } from "../../../../config/project";
import { projectOf, removeProjects, startproject } from "../../../support/project";

afterEach(removeProjects);

const SQLITE = (name: string): string => `{"ENGINE": "django.db.backends.sqlite3", "NAME": ${name}}`;

describe("the file of sqlite", () => {
  it.each([
    [SQLITE(`BASE_DIR / "db.sqlite3"`), "db.sqlite3"],
    [SQLITE(`os.path.join(BASE_DIR, "data", "db.sqlite3")`), "data/db.sqlite3"],
    [SQLITE(`"db.sqlite3"`), "db.sqlite3"],
    [SQLITE(`os.environ.get("FILE", str(BASE_DIR / "db.sqlite3"))`), "db.sqlite3"],
    [SQLITE(`BASE_DIR.parent / "db.sqlite3"`), "../db.sqlite3"],
    [SQLITE(`"/srv/data/db.sqlite3"`), "/srv/data/db.sqlite3"],
    [`dict(ENGINE="django.db.backends.sqlite3", NAME=BASE_DIR / "db.sqlite3")`, "db.sqlite3"],
    [`env.db("DATABASE_URL", default="sqlite:///data/db.sqlite3")`, "data/db.sqlite3"],
    [`env.db(default="sqlite:////srv/db.sqlite3")`, "/srv/db.sqlite3"],
    [`dj_database_url.config(default=f"sqlite:///{BASE_DIR}/db.sqlite3", conn_max_age=600)`, "db.sqlite3"],
    [`dj_database_url.config(default="sqlite:///" + os.path.join(BASE_DIR, "db.sqlite3"))`, "db.sqlite3"],
    [SQLITE(`":memory:"`), undefined],
    [`env.db(default="sqlite://:memory:")`, undefined],
    [SQLITE(`unknown()`), undefined],
  ])("is found in %s", (database, file) => {
    const folder = projectOf(startproject(`DATABASES = {"default": ${database}}\n`));
    expect(inspectProject(folder).sqliteFile).toBe(file);
  });

  it.each([
    [`E = "django.db.backends.sqlite3"\nDATABASES = {"default": {"ENGINE": E, "NAME": "x.db"}}`, "x.db"],
    [`DATABASES = {"two": ${SQLITE(`"two.db"`)}, "default": ${SQLITE(`"one.db"`)}}`, "one.db"],
    [
      `DATABASES = {"default": {"ENGINE": "django.db.backends.mysql"}, "two": ${SQLITE(`"two.db"`)}}`,
      undefined,
    ],
    [`DATABASES = {"default": env.db(), "two": env.db("TWO", default="sqlite:///two.db")}`, undefined],
    [`"""\nDATABASES = {"default": ${SQLITE(`"x.db"`)}}\n"""`, undefined],
  ])("is the default database's: %s", (settings, file) => {
    expect(inspectProject(projectOf(startproject(settings))).sqliteFile).toBe(file);
  });
});
