import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { STANDARD_LIBRARY_ONLY } from "../support/python";

const PYTHON = resolve(__dirname, "../../assets/image/python");
const PLAIN = "django.contrib.staticfiles.storage.StaticFilesStorage";
const WHITENOISE = "whitenoise.storage.CompressedManifestStaticFilesStorage";
const HASHED = "deployment_static.HashedStorage";

const PRINT = `
import json
import deployment_settings as settings
print(json.dumps({name: getattr(settings, name) for name in dir(settings) if name.isupper()}))
`;

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "overlay-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** The settings that come out for a project's settings module. Of Django only the version is asked. */
function settings(
  base: string,
  { django = [5, 2], variables = {} }: { django?: number[]; variables?: Record<string, string> } = {},
): Record<string, unknown> {
  for (const [path, content] of [
    ["django/__init__.py", `VERSION = (${django.join(", ")})`],
    ["my-shop/settings/__init__.py", ""],
    ["my-shop/__init__.py", ""],
    ["my-shop/settings/base.py", base],
  ] as const) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), content);
  }
  const { status, stdout, stderr } = spawnSync("python3", [STANDARD_LIBRARY_ONLY, "-c", PRINT], {
    cwd: folder,
    encoding: "utf8",
    env: {
      PATH: process.env["PATH"],
      PYTHONPATH: `${folder}:${PYTHON}`,
      PYTHONDONTWRITEBYTECODE: "1",
      DEPLOYMENT_SETTINGS_BASE: "my-shop.settings.base",
      DATABASE_HOST: "shop-database",
      DATABASE_PORT: "3306",
      DATABASE_NAME: "shop",
      DATABASE_USER: "clerk",
      DATABASE_PASSWORD: "p$a`s's",
      ALLOWED_HOSTS: "localhost, .example.com",
      SECRET_KEY: "made",
      ...variables,
    },
  });
  if (status !== 0) throw new Error(stderr);
  return JSON.parse(stdout) as Record<string, unknown>;
}

const APPS = 'INSTALLED_APPS = ["django.contrib.staticfiles"]\n';

describe("the overlay", () => {
  it("turns settings made for sqlite and runserver into those of production, also in a package with a hyphen", () => {
    const result = settings(
      `${APPS}DEBUG = True\nSECRET_KEY = "django-insecure"\nALLOWED_HOSTS = []\nTIME_ZONE = "Asia/Seoul"\n` +
        'DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3"}, "other": {"ENGINE": "x"}}\n',
      { variables: { DEPLOYMENT_STATIC_ROOT: "/app/static", DEPLOYMENT_MEDIA_URL: "/media/" } },
    );
    expect(result).toMatchObject({
      DEBUG: false,
      SECRET_KEY: "made",
      ALLOWED_HOSTS: ["localhost", ".example.com"],
      TIME_ZONE: "Asia/Seoul",
      STATIC_ROOT: "/app/static",
      MEDIA_URL: "/media/",
      SECURE_PROXY_SSL_HEADER: ["HTTP_X_FORWARDED_PROTO", "https"],
      DATABASES: {
        default: {
          ENGINE: "django.db.backends.mysql",
          HOST: "shop-database",
          PORT: "3306",
          NAME: "shop",
          USER: "clerk",
          PASSWORD: "p$a`s's",
          OPTIONS: { charset: "utf8mb4" },
        },
        other: { ENGINE: "x" },
      },
      LOGGING: { loggers: { django: { handlers: ["console"] } } },
    });
    expect(result).not.toHaveProperty("MEDIA_ROOT");
  });

  it("leaves the project's own logging, and debugs only when it is told to", () => {
    const result = settings("LOGGING = {'version': 1}", { variables: { DEPLOYMENT_DEBUG: "1" } });
    expect(result).toMatchObject({ LOGGING: { version: 1 }, DEBUG: true });
  });

  it.each([
    ["5.2", [5, 2], "", HASHED],
    ["5.2 with the default said", [5, 2], `STORAGES = {"staticfiles": {"BACKEND": "${PLAIN}"}}`, HASHED],
    ["5.2 with a setting that it ignores", [5, 2], `STATICFILES_STORAGE = "${WHITENOISE}"`, HASHED],
    ["5.2 with whitenoise", [5, 2], `STORAGES = {"staticfiles": {"BACKEND": "${WHITENOISE}"}}`, WHITENOISE],
    ["4.2", [4, 2], "", HASHED],
    ["4.2 with uploads on S3", [4, 2], 'STORAGES = {"default": {"BACKEND": "s3"}}', HASHED],
  ])("gives Django %s the right static storage", (_what, django, base, expected) => {
    const result = settings(APPS + base, { django });
    expect(result).toMatchObject({ STORAGES: { staticfiles: { BACKEND: expected } } });
    expect(result).toHaveProperty(
      "STORAGES.default.BACKEND",
      base.includes("s3") ? "s3" : "django.core.files.storage.FileSystemStorage",
    );
  });

  it.each([
    ["3.2", [3, 2], "", HASHED],
    ["3.2 with whitenoise", [3, 2], `STATICFILES_STORAGE = "${WHITENOISE}"`, WHITENOISE],
    ["4.2 in the old way", [4, 2], `STATICFILES_STORAGE = "${PLAIN}"`, HASHED],
    ["5.0 with whitenoise in the old way", [5, 0], `STATICFILES_STORAGE = "${WHITENOISE}"`, WHITENOISE],
  ])("gives Django %s the right static storage, in one way only", (_what, django, base, expected) => {
    const result = settings(APPS + base, { django });
    expect(result["STATICFILES_STORAGE"]).toBe(expected);
    expect(result).not.toHaveProperty("STORAGES");
  });

  it("sets no static storage for a project without static files", () => {
    expect(settings("INSTALLED_APPS = []")).not.toHaveProperty("STORAGES");
  });
});
