import { describeProblem } from "../../../config/errors";
import { validate } from "../../../config/load/validate";

const FOLDER = { folder: "mysite" };

/** What a user reads about an input. */
function complaints(input: unknown): string[] {
  return validate(input).problems.map(describeProblem);
}

/** One problem as its user reads it. */
function problem(first: string, expected: string, fix: string): string {
  return `✗ ${first}\n    expected: ${expected}\n    to do:    ${fix}`;
}

const PROJECT_KEYS =
  "folder, settings, developmentSettings, wsgi, python, requirements, packages, buildPackages, static, media, " +
  "healthPath, allowedHosts, environment, envFile, overlay";

it("accepts the smallest useful file and fills in every fixed default", () => {
  expect(validate({ project: FOLDER })).toEqual({
    problems: [],
    settings: {
      project: {
        folder: "mysite",
        packages: [],
        buildPackages: [],
        static: {},
        media: {},
        allowedHosts: ["localhost", "127.0.0.1"],
        environment: {},
      },
      database: { name: "django", user: "django" },
      web: {
        threads: 4,
        timeout: 30,
        gracefulTimeout: 30,
        maxRequests: 10_000,
        soak: 5,
        startTimeout: 120,
      },
      processes: {},
      jobs: {},
      proxy: {
        bodySize: 20,
        rateLimit: 200,
        loginRateLimit: 20,
        loginPaths: [],
        trusted: [],
        connectionLimit: 200,
        staticLog: false,
        workerConnections: 1024,
      },
      release: { accept: {} },
      local: {
        profile: "production",
        port: 8080,
        developmentPort: 8000,
        databasePort: 3307,
        address: "127.0.0.1",
      },
    },
  });
});

it("takes a key whose value is undefined for one that is missing", () => {
  expect(validate({ name: undefined, project: { ...FOLDER, settings: undefined } }).problems).toEqual([]);
});

it.each([
  ["./requirements/prod.txt", "requirements/prod.txt"],
  ["requirements//prod.txt", "requirements/prod.txt"],
  ["a/../requirements.txt", "requirements.txt"],
  ["..requirements", "..requirements"],
])("reads the path %s as %s", (written, read) => {
  expect(validate({ project: { ...FOLDER, requirements: written } }).settings?.project.requirements).toBe(
    read,
  );
});

const LABEL = "a".repeat(63);

it.each([
  ...["example.org", ".example.org", "127.0.0.1", "xn--bcher-kva.example", "a", "a--b.c"],
  ...["ec2-203-0-113-25.ap-southeast-1.compute.amazonaws.com", `${LABEL}.`.repeat(3) + "a".repeat(61)],
])("takes %s for a host", (host) => {
  expect(complaints({ project: { ...FOLDER, allowedHosts: [host] } })).toEqual([]);
});

it.each(["-a.org", "a-.org", "a..org", `${LABEL}a.org`, `${LABEL}.`.repeat(3) + "a".repeat(62)])(
  "takes %s for no host",
  (host) => {
    expect(complaints({ project: { ...FOLDER, allowedHosts: [host] } })).toHaveLength(1);
  },
);

it.each(["my-site.settings.prod", "14th.settings", "config.settings"])(
  "takes %s for a module",
  (settings) => {
    expect(complaints({ project: { ...FOLDER, settings, wsgi: `${settings}:application` } })).toEqual([]);
  },
);

describe("an input that is no object", () => {
  it.each([
    [undefined, "without a default export"],
    [null, "null"],
    [42, "42"],
    ["mysite", '"mysite"'],
    [true, "true"],
    [[], "[]"],
    [() => FOLDER, "a function"],
    [Symbol("mysite"), "Symbol(mysite)"],
    [10n, "10n"],
  ])("%p is one clear problem", (input, shown) => {
    expect(complaints(input)).toEqual([
      problem(
        `deployment.ts is ${shown}`,
        "an object that says at least where the project is",
        'write export default defineDeployment({ project: { folder: "mysite" } });',
      ),
    ]);
  });
});

describe("the project", () => {
  it("must be there", () => {
    expect(complaints({})).toEqual([
      problem(
        "project is missing",
        "an object with at least the folder of manage.py",
        "write for example project: { folder: 'mysite' }",
      ),
    ]);
  });

  it("must have a folder", () => {
    expect(complaints({ project: {} })).toEqual([
      problem(
        "project.folder is missing",
        "the folder that holds manage.py, relative to deployment.ts",
        'write for example folder: "mysite"',
      ),
    ]);
  });
});

describe("an unknown key", () => {
  it.each([
    [
      { databse: {} },
      "databse",
      "name, project, database, web, processes, jobs, proxy, release, local, host, github",
      "did you mean database?",
    ],
    [
      { web: { worker: 3 } },
      "web.worker",
      "workers, threads, timeout, gracefulTimeout, memory, maxRequests, soak, startTimeout",
      "did you mean workers?",
    ],
    [{ project: { ...FOLDER, Settings: "x" } }, "project.Settings", PROJECT_KEYS, "did you mean settings?"],
    [
      { project: { ...FOLDER, static: { uri: "/s/" } } },
      "project.static.uri",
      "root, url",
      "did you mean url?",
    ],
    [
      { threads: 3 },
      "threads",
      "name, project, database, web, processes, jobs, proxy, release, local, host, github",
      "did you mean web.threads?",
    ],
    [
      { memory: 3 },
      "memory",
      "name, project, database, web, processes, jobs, proxy, release, local, host, github",
      "did you mean database.memory or web.memory or proxy.memory or local.memory?",
    ],
    [
      { web: { "gunicorn args!": "" } },
      'web["gunicorn args!"]',
      "workers, threads, timeout, gracefulTimeout, memory, maxRequests, soak, startTimeout",
      "remove it; docs/reference.md says what each key is for",
    ],
  ])("%j names the nearest that is known", (input, place, known, fix) => {
    expect(complaints({ project: FOLDER, ...input })).toEqual([
      problem(`${place} is an unknown key`, `one of ${known}`, fix),
    ]);
  });
});

describe("a key that must be there and is misspelt", () => {
  it.each([
    [{ projct: FOLDER }, "projct"],
    [{ project: { fodler: "mysite" } }, "project.fodler"],
    [{ project: FOLDER, host: { regoin: "eu-central-1" } }, "host.regoin"],
    [{ project: FOLDER, jobs: { nightly: { comand: "true" } } }, "jobs.nightly.comand"],
  ])("%j is one mistake", (input, place) => {
    expect(complaints(input)).toEqual([expect.stringContaining(`✗ ${place} is an unknown key`)]);
  });

  it("is two when the unknown key means another one", () => {
    expect(complaints({ project: { pyton: "3.13" } })).toHaveLength(2);
  });
});

describe("a wrong value", () => {
  const WORKERS = "a whole number of processes from 1 to 64";
  const PATH = "a path inside the project, relative to project.folder";
  const HOST =
    "a host name or address without port, of at most 253 characters; .example.org stands for every subdomain";
  const FOLDER_URL = "a URL's path that starts with / and is not / itself";
  const PACKAGE = "the name of a Debian package";

  it.each<[object, string, string, string]>([
    // Numbers.
    [{ web: { workers: "3" } }, 'web.workers is "3"', WORKERS, "workers: 3"],
    [{ web: { workers: 0 } }, "web.workers is 0", WORKERS, "workers: 1"],
    [{ web: { workers: 65 } }, "web.workers is 65", WORKERS, "workers: 64"],
    [{ web: { workers: 2.4 } }, "web.workers is 2.4", WORKERS, "workers: 2"],
    [{ web: { workers: NaN } }, "web.workers is NaN", WORKERS, "workers: 3"],
    [{ web: { workers: Infinity } }, "web.workers is Infinity", WORKERS, "workers: 64"],
    [{ web: { workers: 2 ** 60 } }, "web.workers is 1152921504606847000", WORKERS, "workers: 64"],
    [{ web: { workers: null } }, "web.workers is null", WORKERS, "workers: 3"],
    [{ web: { workers: [3] } }, "web.workers is [ 3 ]", WORKERS, "workers: 3"],
    [{ web: { workers: () => 3 } }, "web.workers is a function", WORKERS, "workers: 3"],
    [{ web: { soak: 0 } }, "web.soak is 0", "a whole number of seconds from 1 to 300", "soak: 1"],
    [
      { database: { memory: 64 } },
      "database.memory is 64",
      "a whole number of MiB from 256 to 1048576",
      "memory: 256",
    ],
    [{ local: { port: 0 } }, "local.port is 0", "a port from 1 to 65535", "port: 1"],
    // Text of a form.
    [
      { name: "My Site" },
      'name is "My Site"',
      "2 to 31 lower-case letters, digits and -, starting with a letter, not ending in -",
      'name: "my-site"',
    ],
    [
      { project: { ...FOLDER, python: 3.13 } },
      "project.python is 3.13",
      "a version of Python from 3.8 on in quotes",
      'python: "3.13"',
    ],
    // 3.10 without quotes is the number 3.1.
    [
      { project: { ...FOLDER, python: 3.1 } },
      "project.python is 3.1",
      "a version of Python from 3.8 on in quotes",
      'python: "3.13"',
    ],
    [
      { project: { ...FOLDER, settings: "mysite/settings.py" } },
      'project.settings is "mysite/settings.py"',
      "the dotted name of a Python module",
      'settings: "mysite.settings"',
    ],
    [
      { project: { ...FOLDER, wsgi: "mysite.wsgi.application" } },
      'project.wsgi is "mysite.wsgi.application"',
      "module:attribute",
      'wsgi: "mysite.wsgi:application"',
    ],
    [
      { project: { ...FOLDER, requirements: "/srv/requirements.txt" } },
      'project.requirements is "/srv/requirements.txt"',
      PATH,
      'requirements: "requirements.txt"',
    ],
    [{ project: { ...FOLDER, envFile: "../.env" } }, 'project.envFile is "../.env"', PATH, 'envFile: ".env"'],
    [
      { project: { ...FOLDER, static: { root: "." } } },
      'project.static.root is "."',
      PATH,
      'root: "staticfiles"',
    ],
    [
      { project: { ...FOLDER, media: { root: "media\n" } } },
      'project.media.root is "media\\n"',
      PATH,
      'root: "media"',
    ],
    [
      { project: { ...FOLDER, static: { url: "static/" } } },
      'project.static.url is "static/"',
      FOLDER_URL,
      'url: "/static/"',
    ],
    [
      { project: { ...FOLDER, media: { url: "/" } } },
      'project.media.url is "/"',
      FOLDER_URL,
      'url: "/media/"',
    ],
    [
      { project: { ...FOLDER, media: { url: "/a/../b/" } } },
      'project.media.url is "/a/../b/"',
      FOLDER_URL,
      'url: "/media/"',
    ],
    [
      { project: { ...FOLDER, healthPath: "health" } },
      'project.healthPath is "health"',
      "a URL's path that starts with /",
      'healthPath: "/health"',
    ],
    [
      { database: { name: "my-site" } },
      'database.name is "my-site"',
      "letters, digits and _, at most 64, not starting with a digit, and not MariaDB's own " +
        "mysql, information_schema, performance_schema, sys",
      'name: "my_site"',
    ],
    [
      { database: { user: "Root" } },
      'database.user is "Root"',
      "letters, digits and _, at most 64, not starting with a digit, and not MariaDB's own " +
        "root, mysql, healthcheck, PUBLIC",
      'user: "django"',
    ],
    [
      { database: { version: "latest" } },
      'database.version is "latest"',
      "a version of MariaDB in quotes",
      'version: "11.8"',
    ],
    [
      { proxy: { version: 1.28 } },
      "proxy.version is 1.28",
      "a version of nginx in quotes",
      'version: "1.28"',
    ],
    // Lists, objects, choices.
    [
      { project: { ...FOLDER, allowedHosts: "example.org" } },
      'project.allowedHosts is "example.org"',
      "a list of at least one host name",
      "allowedHosts: [ 'example.org' ]",
    ],
    [
      { project: { ...FOLDER, allowedHosts: [] } },
      "project.allowedHosts is []",
      "a list of at least one host name",
      "allowedHosts: [ 'example.org' ]",
    ],
    [
      { project: { ...FOLDER, allowedHosts: ["a.example", "https://b.example:8000/"] } },
      'project.allowedHosts[1] is "https://b.example:8000/"',
      HOST,
      '"b.example"',
    ],
    // A label too long for DNS.
    [
      { project: { ...FOLDER, allowedHosts: [`${"a".repeat(64)}.example`] } },
      `project.allowedHosts[0] is "${"a".repeat(64)}.example"`,
      HOST,
      '"example.org"',
    ],
    [{ project: { ...FOLDER, packages: [1] } }, "project.packages[0] is 1", PACKAGE, '"libcairo2"'],
    [
      { project: { ...FOLDER, packages: "libcairo2" } },
      'project.packages is "libcairo2"',
      `a list, each entry ${PACKAGE}`,
      "packages: [ 'libcairo2' ]",
    ],
    [
      { project: { ...FOLDER, environment: ["A=1"] } },
      "project.environment is [ 'A=1' ]",
      "an object of variables and their values",
      "environment: { SITE_NAME: 'Guestbook' }",
    ],
    [
      { project: { ...FOLDER, environment: { PAGE_SIZE: 50 } } },
      "project.environment.PAGE_SIZE is 50",
      "text without NUL",
      'PAGE_SIZE: "50"',
    ],
    [
      { project: { ...FOLDER, environment: { DEBUG: true } } },
      "project.environment.DEBUG is true",
      "text without NUL",
      'DEBUG: "true"',
    ],
    [
      { project: { ...FOLDER, environment: { A: undefined } } },
      "project.environment.A is missing",
      "text without NUL",
      'A: "Guestbook"',
    ],
    [
      { project: { ...FOLDER, overlay: "yes" } },
      'project.overlay is "yes"',
      "true or false",
      "overlay: true",
    ],
    [
      { project: { ...FOLDER, overlay: "False" } },
      'project.overlay is "False"',
      "true or false",
      "overlay: false",
    ],
    [
      { local: { profile: "dev" } },
      'local.profile is "dev"',
      'one of "production", "development"',
      'profile: "development"',
    ],
    [
      { local: { profile: 1 } },
      "local.profile is 1",
      'one of "production", "development"',
      'profile: "production"',
    ],
    [
      { local: { address: "localhost" } },
      'local.address is "localhost"',
      "an IPv4 or IPv6 address of this machine",
      'address: "127.0.0.1"',
    ],
    [
      { local: { dockerHost: "192.0.2.1" } },
      'local.dockerHost is "192.0.2.1"',
      "the address of a Docker engine: unix://…, ssh://… or tcp://…",
      'dockerHost: "ssh://ubuntu@192.0.2.1"',
    ],
    [
      { web: 3 },
      "web is 3",
      "an object with workers, threads, timeout, gracefulTimeout, memory, maxRequests, soak, startTimeout",
      "web: { workers: 3 }",
    ],
    [
      { project: "mysite" },
      'project is "mysite"',
      "an object with at least the folder of manage.py",
      "project: { folder: 'mysite' }",
    ],
  ])("%j says what was expected and what would do", (input, first, expected, example) => {
    expect(complaints({ project: FOLDER, ...input })).toEqual([
      problem(first, expected, `write for example ${example}`),
    ]);
  });

  it("names a variable that can't be one by its key", () => {
    expect(complaints({ project: { ...FOLDER, environment: { "my-var": "x", "2": "y" } } })).toEqual([
      problem(
        'project.environment["2"] is no possible name',
        "the name of an environment variable: letters, digits and _, not starting with a digit",
        "rename it, for example to SITE_NAME",
      ),
      problem(
        'project.environment["my-var"] is no possible name',
        "the name of an environment variable: letters, digits and _, not starting with a digit",
        "rename it, for example to my_var",
      ),
    ]);
  });
});

it("reports everything at once, and still reads what is right", () => {
  const { problems, settings } = validate({
    name: "x",
    project: { ...FOLDER, setings: "a", python: 3, allowedHosts: ["a b"], environment: { A: 1, B: "b" } },
    web: { workers: 0, threads: 7, wrokers: 1 },
    proxy: [],
    databaze: {},
  });
  expect(problems.map(({ place }) => place).sort()).toEqual([
    "databaze",
    "name",
    "project.allowedHosts[0]",
    "project.environment.A",
    "project.python",
    "project.setings",
    "proxy",
    "web.workers",
    "web.wrokers",
  ]);
  expect(settings?.project).toMatchObject({ folder: "mysite", environment: { B: "b" } });
  expect(settings?.web).toMatchObject({ soak: 5, threads: 7 });
});

describe("a hostile input", () => {
  const cyclic: Record<string, unknown> = { folder: "mysite" };
  cyclic["project"] = cyclic;
  const revoked = Proxy.revocable({}, {});
  revoked.revoke();
  const throwing = {
    get project(): never {
      throw new Error("not yet");
    },
  };
  const sabotaged = {
    toJSON: () => {
      throw new Error("no JSON");
    },
    [Symbol.for("nodejs.util.inspect.custom")]: () => {
      throw new Error("no inspection");
    },
    toString: () => {
      throw new Error("no text");
    },
  };

  it.each<[string, unknown, string[]]>([
    ["a cycle", cyclic, ["project.project", "folder"]],
    ["a cycle as a value", { project: { folder: cyclic } }, ["project.folder"]],
    ["a key of the prototype's", JSON.parse('{"project":{"folder":"a"},"__proto__":{}}'), ["__proto__"]],
    [
      "one inside",
      JSON.parse('{"project":{"folder":"a","constructor":{},"__proto__":1}}'),
      ["project.constructor", "project.__proto__"],
    ],
    ["a proxy that was revoked", { project: revoked.proxy }, ["deployment.ts"]],
    ["a getter that throws", throwing, ["deployment.ts"]],
    ["an object that can't be shown", { project: { folder: sabotaged } }, ["project.folder"]],
    ["an inherited key", { project: FOLDER, web: Object.create({ workrs: 3 }) as object }, ["web.workrs"]],
    [
      "a symbol in a record",
      { project: { ...FOLDER, environment: { [Symbol("a")]: "b" } } },
      ['project.environment["Symbol(a)"]'],
    ],
  ])("%s is refused and harms nothing", (_, input, places) => {
    expect(validate(input).problems.map(({ place }) => place)).toEqual(places);
    expect(({} as Record<string, unknown>)["folder"]).toBeUndefined();
  });

  it("with huge strings gets short messages, soon", () => {
    const huge = "x".repeat(2_000_000);
    const started = Date.now();
    const messages = complaints({
      name: huge,
      project: { ...FOLDER, settings: `${huge}!`, allowedHosts: [`${huge}_`], environment: { [huge]: 1 } },
      web: { workers: huge, [huge]: huge },
      [huge]: 1,
    });
    expect(messages).toHaveLength(7);
    messages.forEach((message) => expect(message.length).toBeLessThan(600));
    expect(Date.now() - started).toBeLessThan(5000);
  });
});
