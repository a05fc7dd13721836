import { mkdirSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import * as fc from "fast-check";
import { DeploymentError } from "../../../config/errors";
import { type LoadedDeployment, loadDeployment } from "../../../config/load";
import { ROOT, guestbook } from "../../support/guestbook";
import { COMPLETE, startproject } from "../../support/project";
import { repetitions } from "../../support/repetitions";
import { folderWith } from "../../support/synthesis";

/** Settings that take everything from the environment. */
const READY = `
import os
DEBUG = False
SECRET_KEY = os.environ["SECRET_KEY"]
ALLOWED_HOSTS = os.environ["ALLOWED_HOSTS"].split(",")
STATIC_ROOT = BASE_DIR / "staticfiles"
MEDIA_ROOT = BASE_DIR / "media"
DATABASES = {"default": {"ENGINE": "django.db.backends.mysql", "NAME": os.environ["DATABASE_NAME"],
  "USER": os.environ["DATABASE_USER"], "PASSWORD": os.environ["DATABASE_PASSWORD"],
  "HOST": os.environ["DATABASE_HOST"], "PORT": os.environ["DATABASE_PORT"]}}
`;

/** A folder with one project in it, and further files. */
function rootWith(folder: string, settings = READY, others: Readonly<Record<string, string>> = {}): string {
  const project = Object.entries(startproject(settings, "mysite")).map(
    ([path, content]) => [`${folder}/${path}`, String(content)] as const,
  );
  return folderWith({ ...Object.fromEntries(project), ...others });
}

function load(input: unknown, root = rootWith("mysite")): LoadedDeployment {
  return loadDeployment(input, root);
}

/** What a user reads about an input. */
function refusal(input: unknown, root = rootWith("mysite")): string {
  try {
    load(input, root);
  } catch (error) {
    if (error instanceof DeploymentError) return error.message;
    throw error;
  }
  throw new Error("it was accepted");
}

const MYSITE = { project: { folder: "mysite" } };

it("reads the guestbook from three lines", () => {
  const { deployment, projectFiles } = loadDeployment({ project: { folder: "examples/guestbook" } }, ROOT);
  expect(deployment).toMatchObject({
    ...guestbook,
    project: { ...guestbook.project, environment: expect.any(Object) as object },
    // memory-budget.test.ts has the figures.
    memory: expect.any(Object) as object,
  });
  expect(projectFiles.requirements).toEqual(["requirements.txt"]);
  expect(projectFiles.projectFiles).toContain("manage.py");
});

it("prefers what the user wrote to what the files say", () => {
  const root = rootWith("mysite", READY, {
    "mysite/other/__init__.py": "",
    "mysite/other/settings.py": COMPLETE,
    "mysite/other/wsgi.py": "",
    "mysite/requirements/all.txt": "Django\n-r ../requirements.txt\n",
  });
  const project = {
    folder: "mysite",
    settings: "other.settings",
    developmentSettings: "mysite.settings",
    wsgi: "other.wsgi:app",
    python: "3.11",
    requirements: "requirements/all.txt",
    packages: ["libcairo2"],
    static: { root: "collected", url: "/s/" },
    media: { root: "uploads", url: "/m" },
    healthPath: "/up/",
    allowedHosts: ["example.org"],
    environment: { SITE_NAME: "x" },
    overlay: true,
  };
  const { deployment, projectFiles } = load(
    { name: "other", project, database: { version: "10.11" }, proxy: { version: "1.26" } },
    root,
  );
  expect(deployment).toMatchObject({
    name: "other",
    project: {
      ...project,
      folder: join(root, "mysite"),
      python: { version: "3.11", pinned: true },
      static: { root: "/app/collected", url: "/s/" },
      media: { root: "/app/uploads", url: "/m/" },
      healthAnyAnswer: false,
    },
    database: { image: { version: "10.11", pinned: true } },
    proxy: { image: { version: "1.26", pinned: true } },
  });
  expect([...projectFiles.requirements].sort()).toEqual(["requirements.txt", "requirements/all.txt"]);
});

it.each([
  ["mysite", "mysite"],
  ["My_Site.v2", "my-site-v2"],
  ["14th site-", "th-site"],
  ["日本", "django"],
  [`${"a".repeat(30)}-b`, "a".repeat(30)],
])("calls a deployment of the folder %s %s", (folder, name) => {
  expect(load({ project: { folder } }, rootWith(folder)).deployment.name).toBe(name);
});

describe("what is wrong with the project is one clear error:", () => {
  it("its folder is missing", () => {
    expect(refusal({ project: { folder: "nowhere/at/all" } })).toBe(
      '✗ project.folder is "nowhere/at/all", where there is no folder\n' +
        "    expected: the folder that holds manage.py, relative to deployment.ts\n" +
        "    to do:    correct the path, or copy your project there",
    );
    expect(refusal({ project: { folder: "my-site" } })).toContain('did you mean "mysite"?');
    for (const file of ["manage.py", "mysite/settings.py"]) {
      expect(refusal({ project: { folder: `mysite/${file}` } })).toContain('did you mean "mysite"?');
    }
    expect(refusal({ project: { folder: "x".repeat(10_000) } })).toContain("where there is no folder");
  });

  it("it has no manage.py", () => {
    expect(refusal({ project: { folder: "." } }, folderWith({ "README.md": "" }))).toBe(
      '✗ project.folder is ".", which has no manage.py\n' +
        "    expected: the folder that holds manage.py\n" +
        "    to do:    point it at the Django project itself",
    );
    const several = rootWith("a", READY, { "b/manage.py": "" });
    expect(refusal({ project: { folder: "." } }, several)).toContain('did you mean "a"?');
  });

  it("its folder is below the user's own, which only a shell calls ~", () => {
    const [folder] = readdirSync(homedir(), { withFileTypes: true }).filter((entry) => entry.isDirectory());
    const [written, meant] = folder ? [`~/${folder.name}`, join(homedir(), folder.name)] : ["~", homedir()];
    expect(refusal({ project: { folder: written } })).toContain(`did you mean "${meant}"?`);
    expect(refusal({ project: { folder: "~/nothing/at/all" } })).toContain("correct the path");
  });

  it("its folder is a package of the project", () => {
    expect(refusal({ project: { folder: "mysite/mysite" } })).toContain('did you mean "mysite"?');
  });

  it("its requirements are missing, or lie above it", () => {
    const bare = rootWith("site/mysite");
    rmSync(join(bare, "site/mysite/requirements.txt"));
    expect(refusal({ project: { folder: "site/mysite" } }, bare)).toContain(
      "make one, in site/mysite, with the project's virtual environment active: pip freeze > requirements.txt",
    );
    writeFileSync(join(bare, "site/requirements.txt"), "Django");
    expect(refusal({ project: { folder: "site/mysite" } }, bare)).toContain('write folder: "site",');
    expect(load({ project: { folder: "site" } }, bare).deployment.project.requirements).toBe(
      "requirements.txt",
    );
  });

  it("a settings module doesn't exist", () => {
    expect(refusal({ project: { folder: "mysite", settings: "mysite.setings" } })).toBe(
      '✗ project.settings is "mysite.setings", and no such module is in the project\n' +
        "    expected: one of mysite.settings\n" +
        '    to do:    did you mean "mysite.settings"?',
    );
    expect(refusal({ project: { folder: "mysite", developmentSettings: "other.dev" } })).toContain(
      '✗ project.developmentSettings is "other.dev", and no such module is in the project',
    );
  });

  it("the WSGI module doesn't exist", () => {
    expect(refusal({ project: { folder: "mysite", wsgi: "mysite.asgi:application" } })).toBe(
      '✗ project.wsgi is "mysite.asgi:application", and no such module is in the project\n' +
        "    expected: module:attribute of the WSGI application, for example mysite.wsgi:application\n" +
        "    to do:    remove the line: mysite.wsgi:application is found by itself",
    );
  });

  it("the requirements file doesn't exist", () => {
    expect(refusal({ project: { folder: "mysite", requirements: "requirements/prod.txt" } })).toBe(
      '✗ project.requirements is "requirements/prod.txt", which is not in the project\n' +
        "    expected: a requirements file of pip, relative to the project\n" +
        "    to do:    remove the line: requirements.txt is found by itself",
    );
  });

  it("its settings need variables that nobody sets", () => {
    const root = rootWith("mysite", `${READY}\nA = os.environ["API_KEY"]\nB = os.environ["MAIL_HOST"]\n`, {
      "mysite/.env": "OTHER=1\n",
    });
    expect(refusal(MYSITE, root)).toBe(
      "✗ the project's environment is without API_KEY, MAIL_HOST, which its settings need (mysite/settings.py)\n" +
        "    expected: a value in .env or in project.environment\n" +
        "    to do:    write into .env, where secrets belong, a line for each: API_KEY=VALUE, MAIL_HOST=VALUE",
    );
    writeFileSync(join(root, "mysite", ".env"), "API_KEY=x\n");
    const given = { project: { folder: "mysite", environment: { MAIL_HOST: "mail" } } };
    expect(load(given, root).deployment.project.environment).toMatchObject({ MAIL_HOST: "mail" });
  });

  it("its .env can't be read", () => {
    const root = rootWith("mysite");
    mkdirSync(join(root, "mysite", ".env"));
    expect(refusal({ project: { folder: "mysite", envFile: ".env" } }, root)).toContain(
      `✗ project.envFile is ".env", which can't be read (it is no file)`,
    );
  });

  it("the source can't be mounted from another machine", () => {
    expect(refusal({ ...MYSITE, local: { profile: "development", dockerHost: "ssh://a@b" } })).toBe(
      '✗ local.profile is "development" on the engine "ssh://a@b"\n' +
        "    expected: an engine on this machine: the profile mounts the source folder into the container\n" +
        '    to do:    remove local.dockerHost, or use profile "production"',
    );
    expect(load({ ...MYSITE, local: { profile: "production", dockerHost: "ssh://a@b" } })).toBeDefined();
    expect(
      load({ ...MYSITE, local: { profile: "development", dockerHost: "unix:///run/docker.sock" } }),
    ).toBeDefined();
  });
});

it("says all at once: schema, project, .env and what doesn't go together", () => {
  const root = rootWith("mysite", `${READY}\nA = os.environ["API_KEY"]\n`, { "mysite/.env": "A='\n" });
  const message = refusal(
    {
      project: {
        folder: "mysite",
        settings: "mysite.setings",
        python: 3.13,
        environment: { SECRET_KEY: "x" },
      },
      web: { workers: 0, soak: 300 },
    },
    root,
  );
  expect(message.match(/✗ \S+( line \d)?/g)).toEqual([
    "✗ project.python",
    "✗ web.workers",
    "✗ .env, line 1",
    "✗ project.settings",
    "✗ project.environment.SECRET_KEY",
    "✗ web.startTimeout",
  ]);
});

it("says nothing about the default of what was refused", () => {
  const message = refusal({ ...MYSITE, web: { soak: 200, startTimeout: "300" } });
  expect(message.match(/✗ \S+/g)).toEqual(["✗ web.startTimeout"]);
});

it("writes nothing", () => {
  const root = rootWith("mysite", READY, { "mysite/.env": "A=1\n" });
  const before = readdirSync(root, { recursive: true });
  load(MYSITE, root);
  refusal({ ...MYSITE, web: { workers: 0 } }, root);
  expect(readdirSync(root, { recursive: true })).toEqual(before);
});

describe("whatever it is given, it returns or throws a DeploymentError:", () => {
  const root = rootWith("mysite");

  function harmless(input: unknown): void {
    try {
      loadDeployment(input, root);
    } catch (error) {
      expect(error).toBeInstanceOf(DeploymentError);
      expect((error as Error).message).toMatch(/^✗ /);
    }
  }

  it("any value", () => {
    const anything = fc.anything({
      withBigInt: true,
      withDate: true,
      withMap: true,
      withNullPrototype: true,
      withObjectString: true,
      withTypedArray: true,
    });
    fc.assert(fc.property(anything, harmless), { numRuns: repetitions(500) });
  });

  it("any value in each place", () => {
    const sections = ["name", "project", "database", "web", "proxy", "local", "__proto__"];
    // Not the folder: it would be searched, and "/" is a large one.
    const keys = ["settings", "wsgi", "requirements", "envFile", "static", "media", "environment"];
    const input = fc.tuple(
      fc.constantFrom(...sections),
      fc.constantFrom(...keys),
      fc.oneof(fc.anything(), fc.string({ unit: "binary" }), fc.constantFrom(".", "..", "\0", "/", "~")),
    );
    fc.assert(
      fc.property(input, ([section, key, value]) => {
        harmless({ ...MYSITE, [section]: value });
        harmless({ project: { ...MYSITE.project, [key]: value } });
      }),
      { numRuns: repetitions(100) },
    );
  });

  it("a project whose files are in the way", () => {
    const odd = rootWith("mysite", READY, {
      "mysite/\u{1f600} $(x)/a b.py": "",
      "mysite/deep/manage.py/x": "",
    });
    symlinkSync("nowhere", join(odd, "mysite", "dangling"));
    symlinkSync(".", join(odd, "mysite", "around"));
    expect(loadDeployment(MYSITE, odd).deployment.name).toBe("mysite");
  });
});
