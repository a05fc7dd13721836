import { readRequirements, requirementsOf, staysBelow } from "../../../config/project/requirements";
import { systemPackagesFor } from "../../../config/project/system-packages";
import { ProjectTree } from "../../../config/tree/tree";
import { projectOf, removeProjects } from "../../support/project";
import type { ProjectFiles } from "../../support/project";

afterEach(removeProjects);

const fileOf = (files: ProjectFiles, pythonRoot = "."): string | undefined =>
  requirementsOf(new ProjectTree(projectOf(files)), pythonRoot).file;

describe("requirementsOf", () => {
  test.each<[string, ProjectFiles, string | undefined]>([
    [
      "the plain file",
      { "requirements.txt": "Django", "requirements-dev.txt": "Django" },
      "requirements.txt",
    ],
    [
      "the one for production before the plain one",
      {
        "requirements.txt": "Django",
        "requirements/production.txt": "Django",
        "requirements/local.txt": "Django",
      },
      "requirements/production.txt",
    ],
    [
      "base when there is no other",
      { "requirements/base.txt": "Django", "requirements/dev.txt": "Django" },
      "requirements/base.txt",
    ],
    [
      "the one that names Django, also by an include",
      {
        "requirements.txt": "-r requirements/all.txt",
        "requirements_prod.txt": "sentry-sdk",
        "requirements/all.txt": "django>=5",
      },
      "requirements.txt",
    ],
    ["none for what pip's -r can't read", { "pyproject.toml": "", "uv.lock": "" }, undefined],
  ])("%s", (_title, files, expected) => {
    expect(fileOf(files)).toBe(expected);
  });

  test("looks beside manage.py and on top", () => {
    expect(fileOf({ "backend/manage.py": "", "requirements.txt": "Django" }, "backend")).toBe(
      "requirements.txt",
    );
    expect(fileOf({ "backend/requirements.txt": "Django", "requirements.txt": "Django" }, "backend")).toBe(
      "backend/requirements.txt",
    );
  });

  test("names what else says what to install", () => {
    const { otherSources } = requirementsOf(
      new ProjectTree(projectOf({ "uv.lock": "", "pyproject.toml": "" })),
      ".",
    );
    expect(otherSources).toEqual(["pyproject.toml", "uv.lock"]);
  });
});

describe("readRequirements", () => {
  const read = (files: ProjectFiles, file = "requirements.txt"): ReturnType<typeof readRequirements> =>
    readRequirements(new ProjectTree(projectOf(files)), file);

  test("follows includes and constraints once, from the file's own folder, and not out of the project", () => {
    const files = {
      "requirements/prod.txt":
        "-r base.txt\n-c ../constraints.txt\n-r ../../outside.txt\n--requirement=base.txt",
      "requirements/base.txt": "Django==5.2\n-r prod.txt",
      "constraints.txt": "pillow<13",
    };
    const found = read(files, "requirements/prod.txt");
    expect(found.files).toEqual(["requirements/prod.txt", "requirements/base.txt", "constraints.txt"]);
    expect([...found.packages.keys()]).toEqual(["django", "pillow"]);
  });

  test("reads names, versions and extras, and nothing else", () => {
    const text = [
      "# comment",
      "Django >= 5.2, < 6  # why",
      `psycopg[binary, pool]==3.2; python_version > "3.8"`,
      "Zope.Interface",
      "django_filter~=21.1 \\",
      "    --hash=sha256:abc \\",
      "    --hash=sha256:def",
      "--index-url https://example.org/simple",
      "./wheels/x.whl",
    ].join("\r\n");
    expect(Object.fromEntries(read({ "requirements.txt": text }).packages)).toEqual({
      django: { specifier: ">=5.2,<6", extras: [] },
      psycopg: { specifier: "==3.2", extras: ["binary", "pool"] },
      "zope-interface": { specifier: "", extras: [] },
      "django-filter": { specifier: "~=21.1", extras: [] },
    });
  });

  test("reads UTF-16 and marks, which PowerShell writes", () => {
    const little = Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from("Django==3.0.8\r\n", "utf16le")]);
    const big = Buffer.concat([
      Buffer.from([0xfe, 0xff]),
      Buffer.from("Django==3.0.8\r\n", "utf16le").swap16(),
    ]);
    for (const bytes of [little, big, Buffer.from("\uFEFFDjango==3.0.8")]) {
      expect(read({ "requirements.txt": bytes }).packages.get("django")?.specifier).toBe("==3.0.8");
    }
  });
});

describe("systemPackagesFor", () => {
  const needed = (text: string): ReturnType<typeof systemPackagesFor> =>
    systemPackagesFor(readRequirements(new ProjectTree(projectOf({ "r.txt": text })), "r.txt").packages);

  test("knows what psycopg2 and pycurl are built against", () => {
    expect(needed("psycopg2==2.9\npycurl\nDjango")).toEqual({
      build: ["libcurl4-openssl-dev", "libpq-dev", "libssl-dev"],
      run: ["libcurl4", "libpq5"],
    });
  });

  test.each(["psycopg2-binary", "psycopg[binary]", "psycopg\npsycopg-binary", "Pillow\nmysqlclient"])(
    "%j needs nothing",
    (text) => {
      expect(needed(text)).toEqual({ build: [], run: [] });
    },
  );
});

describe("staysBelow", () => {
  test.each([
    "==20.1.0",
    "===20.1",
    "==20.*",
    "~=20.0",
    "<21",
    "<21.0",
    "<=20.1",
    ">=19,<21",
    "==19.9.0,!=19.8",
  ])("%s takes no gunicorn of today", (specifier) => expect(staysBelow(specifier, 21)).toBe(true));
  test.each([
    "",
    "==21.2.0",
    "==23.*",
    "~=22.0",
    "<22",
    "<21.3",
    "<=21",
    ">=20,<24",
    ">20",
    "!=20.1",
    "@git+https://x/20",
  ])("%j takes one", (specifier) => expect(staysBelow(specifier, 21)).toBe(false));
});
