import { inspectProject, reasonsForOverlay } from "../../../config/project";
import { projectOf, removeProjects, startproject } from "../../support/project";

afterEach(removeProjects);

function reasons(settings: string): string[] {
  return reasonsForOverlay(inspectProject(projectOf(startproject(settings))));
}

const READY = `
DEBUG = False
ALLOWED_HOSTS = os.environ["ALLOWED_HOSTS"].split(",")
STATIC_ROOT = BASE_DIR / "staticfiles"
DATABASES = {"default": dj_database_url.config()}
`;

const SQLITE = `DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": BASE_DIR / "db.sqlite3"}}`;

describe("reasonsForOverlay", () => {
  test("settings made for production need none", () => {
    expect(reasons(READY)).toEqual([]);
  });

  test("the settings of django-admin startproject have all of them", () => {
    expect(reasons(`DEBUG = True\nALLOWED_HOSTS = []\n${SQLITE}`)).toEqual([
      "the database is django.db.backends.sqlite3, and no environment variable changes that",
      "DEBUG is True",
      "ALLOWED_HOSTS is empty",
      "STATIC_ROOT is not set",
    ]);
  });

  test.each([
    [
      `DATABASES = {"default": {"ENGINE": "django.db.backends.mysql", "NAME": env("A"), "USER": env("B"), "PASSWORD": env("C"), "HOST": env("D")}}`,
      true,
    ],
    [
      `DATABASES = {"default": {"ENGINE": env("E"), "NAME": env("A"), "USER": env("B"), "PASSWORD": env("C"), "HOST": env("D")}}`,
      true,
    ],
    [
      `DATABASES = {"default": {"ENGINE": "django.db.backends.postgresql", "NAME": env("A"), "USER": env("B"), "PASSWORD": env("C"), "HOST": env("D")}}`,
      false,
    ],
    [
      `DATABASES = {"default": {"ENGINE": "django.db.backends.mysql", "NAME": "x", "USER": "root", "PASSWORD": "x", "HOST": "db"}}`,
      false,
    ],
  ])("is this database ours to give: %s", (database, ours) => {
    expect(reasons(READY.replace(/^DATABASES.*$/m, database)).length === 0).toBe(ours);
  });

  test("hosts are named when they are constants", () => {
    expect(reasons(READY.replace(/^ALLOWED_HOSTS.*$/m, `ALLOWED_HOSTS = ["a.org", "b.org"]`))).toEqual([
      "ALLOWED_HOSTS is a.org, b.org",
    ]);
    expect(reasons(READY.replace(/^ALLOWED_HOSTS.*$/m, `ALLOWED_HOSTS = ["*"]`))).toEqual([]);
    expect(reasons(READY.replace(/^ALLOWED_HOSTS.*$/m, `ALLOWED_HOSTS = compute()`))).toEqual([]);
  });
});
