import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { serviceOf } from "../../application/application";
import { applicationOf } from "../../application/model";
import { readMachine } from "../../cli/computer/machine";
import { guestbook, ROOT } from "../support/guestbook";
import { docker } from "./support/nginx";

jest.setTimeout(300_000);

const IMAGE = readMachine(ROOT).images?.python ?? `python:${guestbook.project.python.version}-slim`;
const NAME = `test-secrets-${process.pid}`;
const VOLUMES = ["secrets", "run", "static", "media", "dbdata"];
const NASTY = `p$a"b'c\\d\`e%f é`;

const folder = mkdtempSync(join(tmpdir(), "secrets-"));

afterEach(() => {
  for (const volume of VOLUMES) spawnSync("docker", ["volume", "rm", "--force", `${NAME}-${volume}`]);
});
afterAll(() => rmSync(folder, { recursive: true }));

const mounts = VOLUMES.flatMap((volume) => ["--volume", `${NAME}-${volume}:/volumes/${volume}`]);

interface Run {
  readonly status: number | null;
  readonly output: string;
}

/** Runs the task as the stack does; the content of the .env, if there is one. */
function run(env?: string, variables: readonly string[] = []): Run {
  const {
    entrypoint = [],
    capabilities,
    environment,
    files,
  } = serviceOf(applicationOf(guestbook), "secrets");
  const [program = "", ...rest] = entrypoint;
  if (env !== undefined) writeFileSync(join(folder, "env"), env);
  const { status, stdout, stderr } = spawnSync(
    "docker",
    [
      ...["run", "--rm", "--network", "none", "--user", "0:0", "--security-opt", "no-new-privileges"],
      ...["--cap-drop", "ALL", ...capabilities.flatMap((capability) => ["--cap-add", capability])],
      ...[...mounts, ...Object.entries(environment).map(([name, value]) => `--env=${name}=${value}`)],
      ...variables.flatMap((variable) => ["--env", variable]),
      ...files.flatMap(({ target, source }) =>
        "asset" in source ? ["--volume", `${join(ROOT, "assets", source.asset)}:${target}:ro`] : [],
      ),
      ...(env === undefined ? [] : ["--volume", `${folder}/env:/upload/env:ro`]),
      ...["--entrypoint", program, IMAGE, ...rest],
    ],
    { encoding: "utf8" },
  );
  return { status, output: stdout + stderr };
}

/** A command that sees all volumes, as root. */
function look(...command: string[]): string {
  return docker(
    "run",
    "--rm",
    "--network",
    "none",
    ...mounts,
    "--entrypoint",
    command[0] ?? "",
    IMAGE,
    ...command.slice(1),
  );
}

function secret(name: string): string {
  return look("cat", `/volumes/secrets/${name}`);
}

it("makes each secret once, for those who may read it, and gives each volume its owner", () => {
  expect(run().status).toBe(0);
  const first = ["database_root_password", "database_password", "django_secret_key"].map(secret);
  for (const value of first) expect(value).toMatch(/^[A-Za-z0-9]{50}$/);
  expect(new Set(first).size).toBe(3);
  expect(
    look("stat", "-c", "%n %u:%g %a", ...VOLUMES.map((volume) => `/volumes/${volume}`))
      .trim()
      .split("\n"),
  ).toEqual([
    "/volumes/secrets 0:0 755",
    "/volumes/run 10001:10001 2770",
    "/volumes/static 10001:10001 755",
    "/volumes/media 10001:10001 755",
    "/volumes/dbdata 999:999 755",
  ]);
  expect(look("sh", "-c", "cd /volumes/secrets && stat -c '%n %u:%g %a' *").trim().split("\n")).toEqual([
    "database_password 999:10001 440",
    "database_root_password 999:999 400",
    "django_secret_key 10001:10001 400",
  ]);

  const { status, output } = run();
  expect([status, output]).toEqual([
    0,
    "secrets: database_root_password: kept\nsecrets: database_password: kept\nsecrets: django_secret_key: kept\n",
  ]);
  expect(["database_root_password", "database_password", "django_secret_key"].map(secret)).toEqual(first);
});

it("brings .env byte for byte, and takes it away when it is gone", () => {
  const env = `# é\r\nA='x$\`y'\n`;
  expect(run(env).status).toBe(0);
  expect(secret("env")).toBe(env);
  expect(look("stat", "-c", "%u:%g %a", "/volumes/secrets/env")).toBe("10001:10001 400\n");
  expect(run("A=2\n").status).toBe(0);
  expect(secret("env")).toBe("A=2\n");
  expect(run().status).toBe(0);
  expect(look("ls", "-A", "/volumes/secrets")).toBe(
    "database_password\ndatabase_root_password\ndjango_secret_key\n",
  );
});

it("takes the passwords of .env instead of its own, now and when they change", () => {
  const quoted = `'${NASTY.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}'`;
  expect(run(`DATABASE_PASSWORD=${quoted}\nMYSQL_ROOT_PASSWORD=root\nSECRET_KEY=\n`).output).toContain(
    "database_password: from .env",
  );
  expect([secret("database_password"), secret("database_root_password")]).toEqual([NASTY, "root"]);
  // An empty line of a template is no key.
  expect(secret("django_secret_key")).toMatch(/^[A-Za-z0-9]{50}$/);
  run("MARIADB_PASSWORD=other\n");
  expect(secret("database_password")).toBe("other");
  // The one under the name that the project's settings read, before any other.
  run("DB_PASS=theirs\nDATABASE_PASSWORD=other\n", ["DATABASE_PASSWORD_VARIABLE=DB_PASS"]);
  expect(secret("database_password")).toBe("theirs");
});

it("shows no value", () => {
  const { output } = run("DATABASE_PASSWORD=hunter2\n");
  expect(output).not.toContain("hunter2");
  expect(output).not.toContain(secret("django_secret_key"));
});

it("refuses a broken .env with its line, and makes nothing", () => {
  const { status, output } = run("A=1\nB='hunter2\n");
  expect(status).toBe(1);
  expect(output).toBe(
    "secrets: the .env file can't be read: line 2: the value of B opens with ' and has no closing '\n",
  );
  expect(look("ls", "-A", "/volumes/secrets")).toBe("");
});

it("continues where it was killed, and leaves a database's folder alone that has an owner", () => {
  look(
    "sh",
    "-c",
    "touch /volumes/secrets/.database_password /volumes/secrets/django_secret_key; chown 1234:1234 /volumes/dbdata; chmod 2770 /volumes/run",
  );
  expect(run().status).toBe(0);
  expect(secret("django_secret_key")).toMatch(/^[A-Za-z0-9]{50}$/);
  expect(look("ls", "-A", "/volumes/secrets")).toBe(
    "database_password\ndatabase_root_password\ndjango_secret_key\n",
  );
  expect(look("stat", "-c", "%u:%g", "/volumes/dbdata", "/volumes/run")).toBe("1234:1234\n10001:10001\n");
});
