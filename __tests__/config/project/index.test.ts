import { mkdirSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { inspectProject } from "../../../config/project";
import { COMPLETE, projectOf, removeProjects, startproject } from "../../support/project";
import { repetitions } from "../../support/repetitions";

afterEach(removeProjects);

const GUESTBOOK = join(__dirname, "../../../examples/guestbook");

describe("inspectProject", () => {
  test("knows all of the guestbook", () => {
    const { environmentVariables, settingsModules, ...facts } = inspectProject(GUESTBOOK);
    expect(settingsModules.map(({ module }) => module)).toEqual([
      "config.settings.base",
      "config.settings.dev",
      "config.settings.prod",
      "config.settings.test",
    ]);
    expect(environmentVariables.filter(({ required }) => required).map(({ name }) => name)).toEqual([
      "SECRET_KEY",
    ]);
    expect(facts).toEqual({
      managePy: "manage.py",
      managePyFiles: ["manage.py"],
      pythonRoot: ".",
      unimportable: [],
      productionSettings: "config.settings.prod",
      developmentSettings: "config.settings.dev",
      wsgi: "config.wsgi:application",
      requirements: "requirements.txt",
      requirementsFiles: ["requirements.txt"],
      django: expect.stringMatching(/^==5\.2\.\d+$/) as string,
      systemPackages: { build: [], run: [] },
      otherRequirements: [],
      staticRoot: "/app/staticfiles",
      staticUrl: "/static/",
      mediaRoot: "/app/media",
      mediaUrl: "/media/",
      database: {
        engines: ["django.db.backends.mysql"],
        variables: {
          NAME: "DATABASE_NAME",
          USER: "DATABASE_USER",
          PASSWORD: "DATABASE_PASSWORD",
          HOST: "DATABASE_HOST",
          PORT: "DATABASE_PORT",
        },
      },
      readsDatabaseEnvironment: true,
      readsDatabaseUrl: false,
      debug: { on: false },
      secretKeyVariable: "SECRET_KEY",
      allowedHosts: { variable: "ALLOWED_HOSTS" },
      sslRedirect: { place: { file: "config/settings/prod.py", line: 29 } },
      secureCookies: [],
      postgresqlUses: [],
      tests: { command: "python3 manage.py test --noinput" },
      healthPathGuess: { path: "/health/", kind: "health endpoint" },
    });
  });

  test("is fast", () => {
    // Processor time, the best of several: how busy the machine is doesn't matter.
    const times = Array.from({ length: 30 }, () => {
      const before = process.cpuUsage();
      inspectProject(GUESTBOOK);
      const { user, system } = process.cpuUsage(before);
      return (user + system) / 1000;
    });
    // Settings are followed as production has them, and migrations are looked through for SQL of PostgreSQL.
    expect(Math.min(...times)).toBeLessThan(15);
  });

  test("reads a project whose manage.py is further down, if there is one only", () => {
    const files = Object.entries(startproject(`STATIC_ROOT = BASE_DIR / "static"`));
    const below = Object.fromEntries(
      files.map(([path, content]) => [path === "requirements.txt" ? path : `backend/${path}`, content]),
    );
    expect(inspectProject(projectOf(below))).toMatchObject({
      managePy: "backend/manage.py",
      pythonRoot: "backend",
      productionSettings: "site.settings",
      wsgi: "site.wsgi:application",
      requirements: "requirements.txt",
      staticRoot: "/app/backend/static",
      healthPathGuess: { path: "/admin/login/", kind: "admin login" },
    });
    const two = inspectProject(projectOf({ "a/manage.py": "", "b/manage.py": "" }));
    expect(two.managePy).toBeUndefined();
    expect(two.managePyFiles).toEqual(["a/manage.py", "b/manage.py"]);
  });

  test.each([
    [`STATIC_URL = "static/"`, { staticUrl: "/static/" }],
    [`STATIC_URL = "https://cdn.example.org/s/"`, { staticUrl: "https://cdn.example.org/s/" }],
    [`LOGIN_URL = "/members/enter/?from=site"`, { loginPath: "/members/enter/" }],
    // The name of a URL, another site, and what would be more than a path in nginx's configuration.
    [`LOGIN_URL = "login"`, { loginPath: undefined }],
    [`LOGIN_URL = "https://sso.example.org/"`, { loginPath: undefined }],
    [`LOGIN_URL = "/enter)$"`, { loginPath: undefined }],
    [`STATIC_ROOT = "static"`, { staticRoot: "/app/static" }],
    [`STATIC_ROOT = ""`, { staticRoot: undefined }],
    [`MEDIA_ROOT = "/vol/media"`, { mediaRoot: "/vol/media" }],
    [
      `if not DEBUG:\n    STATIC_ROOT = os.path.join(BASE_DIR, 'staticfiles')`,
      { staticRoot: "/app/staticfiles" },
    ],
    [
      `SECURE_SSL_REDIRECT = os.getenv("REDIRECT", "True") == "True"`,
      { sslRedirect: { on: true, off: { variable: "REDIRECT", value: "False" } } },
    ],
    [
      `ALLOWED_HOSTS = ["a.org", os.environ.get("HOST", "b.org")]`,
      { allowedHosts: { hosts: ["a.org", "b.org"], variable: "HOST" } },
    ],
    [`DEBUG = os.environ.get("DEBUG") == "1"`, { debug: { on: false } }],
    [`WSGI_APPLICATION = "elsewhere.wsgi.application"`, { wsgi: "site.wsgi:application" }],
  ])("%s", (settings, facts) => {
    expect(inspectProject(projectOf(startproject(settings)))).toMatchObject(facts);
  });

  test("knows nothing of what isn't there", () => {
    for (const folder of [
      projectOf({}),
      join(projectOf({}), "missing"),
      join(projectOf({ file: "x" }), "file"),
      "\0",
    ]) {
      const facts = inspectProject(folder);
      expect(facts.managePy).toBeUndefined();
      expect(facts.settingsModules).toEqual([]);
    }
  });

  test("survives folders and loops where files are expected", () => {
    const folder = projectOf({
      "manage.py": `setdefault("DJANGO_SETTINGS_MODULE", "site.settings")`,
      "site/a.py": "",
    });
    mkdirSync(join(folder, "site/settings.py"));
    mkdirSync(join(folder, "requirements.txt"));
    symlinkSync("loop.py", join(folder, "site/loop.py"));
    symlinkSync("..", join(folder, "site/settings"));
    expect(inspectProject(folder)).toMatchObject({
      managePy: "manage.py",
      settingsModules: [],
      requirementsFiles: [],
    });
  });

  test("takes any bytes in any of its files", () => {
    const paths = [
      "manage.py",
      "site/settings/base.py",
      "site/settings/prod.py",
      "site/wsgi.py",
      "site/urls.py",
      "requirements.txt",
      "Dockerfile",
      ".python-version",
      "pyproject.toml",
    ];
    const words = fc
      .array(
        fc.constantFrom(
          ..."BASE_DIR = / ( ) [ ] { } 'x' \"\"\" \n \\ from . import * if else : os.environ [ 'A' ] env( def return -r".split(
            " ",
          ),
        ),
        { maxLength: 80 },
      )
      .map((parts) => Buffer.from(`${COMPLETE}\n${parts.join(" ")}`));
    const bytes = fc.uint8Array({ maxLength: 300 }).map((array) => Buffer.from(array));
    fc.assert(
      fc.property(fc.dictionary(fc.constantFrom(...paths), fc.oneof(words, bytes)), (files) => {
        const facts = inspectProject(projectOf(files));
        removeProjects();
        expect(Array.isArray(facts.settingsModules)).toBe(true);
      }),
      { numRuns: repetitions(300) },
    );
  });
});
