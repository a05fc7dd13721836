import { spawnSync } from "node:child_process";
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { serviceOf } from "../../application/application";
import { applicationOf } from "../../application/model";
import type { Definition } from "../../application/registry/definition";
import { DEFINITIONS } from "../../application/registry/definitions";
import { cache } from "../support/fakes";
import { guestbook, ROOT } from "../support/guestbook";
import { STANDARD_LIBRARY_ONLY } from "../support/python";

const NAMES = ["database_root_password", "database_password", "django_secret_key"] as const;

/** The task as it is, but for owners: only root may give files away. */
const RUN = "import os, runpy, sys; os.fchown = os.chown = lambda *_: None; runpy.run_path(sys.argv[1])";

let folder: string;
let secrets: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "secrets-task-"));
  secrets = join(folder, "volumes", "secrets");
  for (const volume of ["secrets", "run", "static", "media", "dbdata"])
    mkdirSync(join(folder, "volumes", volume), { recursive: true });
  mkdirSync(join(folder, "upload"));
  for (const { source, target } of serviceOf(applicationOf(guestbook), "secrets").files)
    if ("asset" in source) cpSync(join(ROOT, "assets", source.asset), join(folder, target));
});
afterEach(() => rmSync(folder, { recursive: true }));

interface Run {
  /** Definitions of the application. @default those that there are */
  readonly definitions?: readonly Definition[];
  /** Content of the .env. @default there is none */
  readonly env?: string;
  readonly action?: string;
  readonly input?: string;
}

function run({ definitions = DEFINITIONS, env, action = "", input = "" }: Run = {}): {
  readonly status: number | null;
  readonly output: string;
} {
  const deployment = { ...guestbook, memory: { ...guestbook.memory, cache: 64 } };
  rmSync(join(folder, "upload", "env"), { force: true });
  if (env !== undefined) writeFileSync(join(folder, "upload", "env"), env);
  const { status, stdout, stderr } = spawnSync(
    "python3",
    [STANDARD_LIBRARY_ONLY, "-c", RUN, join(folder, "upload", "secrets_task.py")],
    {
      encoding: "utf8",
      input,
      env: {
        PATH: process.env["PATH"] ?? "",
        PYTHONDONTWRITEBYTECODE: "1",
        ...serviceOf(applicationOf(deployment, definitions), "secrets").environment,
        SECRETS_UPLOAD: join(folder, "upload"),
        SECRETS_VOLUMES: join(folder, "volumes"),
        SECRETS_DO: action,
      },
    },
  );
  return { status, output: stdout + stderr };
}

const succeeds = (options?: Run): string => {
  const { status, output } = run(options);
  expect([status, output]).toEqual([0, output]);
  return output;
};

/** The secrets volume, name → content. */
const volume = (): Record<string, string> =>
  Object.fromEntries(readdirSync(secrets).map((name) => [name, readFileSync(join(secrets, name), "utf8")]));

/** Makes the data directory that of a database. */
const database = (file = "ibdata1"): void => writeFileSync(join(folder, "volumes", "dbdata", file), "");

/** A deployment that is up: secrets that were made, and a database. */
function upAndRunning(env?: string): Record<string, string> {
  succeeds({ env });
  database();
  return volume();
}

describe("on a first start", () => {
  it("makes every secret, and another one only when .env gives it", () => {
    succeeds();
    const first = volume();
    expect(Object.keys(first).sort()).toEqual([...NAMES].sort());
    succeeds();
    expect(volume()).toEqual(first);
    succeeds({ env: "DATABASE_PASSWORD=mine\n" });
    expect(volume()).toMatchObject({
      database_password: "mine",
      "database_password.old": first["database_password"],
    });
  });

  it("takes an initialisation that was broken off for no database", () => {
    database();
    database(".initialisation-unfinished");
    expect(succeeds()).toContain("database_password: made");
  });
});

describe("a secret that a definition adds", () => {
  const definitions = [...DEFINITIONS, cache];

  it("is made beside the others, whose values stay, though there is a database", () => {
    const before = upAndRunning();
    expect(succeeds({ definitions })).toContain("cache_password: made");
    const { cache_password: made, ...others } = volume();
    expect(others).toEqual(before);
    expect(made).toMatch(/^[A-Za-z0-9]{50}$/);
    expect(succeeds({ definitions })).toContain("cache_password: kept");
    expect(volume()["cache_password"]).toBe(made);
  });

  it("comes from .env, under the name of its variable", () => {
    upAndRunning();
    succeeds({ definitions, env: "CACHE_PASSWORD=mine\n" });
    expect(volume()["cache_password"]).toBe("mine");
  });
});

describe("while the data directory holds a database", () => {
  describe.each(["ibdata1", "ib_logfile0", "mysql"])("(it has %s)", (file) => {
    it.each(NAMES)("refuses to make %s, which is lost, and writes nothing", (name) => {
      succeeds();
      database(file);
      rmSync(join(secrets, name));
      const before = volume();
      const { status, output } = run({ env: "OTHER=1\n" });
      expect(status).toBe(1);
      expect(output).toContain(`secrets that belong to it are lost: ${name}.`);
      expect(output).toContain("make repair-access");
      expect(output).not.toContain("destroy-data");
      expect(volume()).toEqual(before);
    });
  });

  it("takes an empty file for a lost secret, names all that are lost, and writes nothing into an empty volume", () => {
    database();
    expect(run().output).toContain(NAMES.join(", "));
    expect(volume()).toEqual({});
    writeFileSync(join(secrets, "database_password"), "");
    expect(run().status).toBe(1);
  });

  it("refuses a lost password though .env gives one: nobody knows whether it opens the database", () => {
    upAndRunning();
    rmSync(join(secrets, "database_password"));
    expect(run({ env: "DATABASE_PASSWORD=x\n" }).status).toBe(1);
  });

  it("takes Django's secret key from .env when it is lost, and keeps the one before when it is another", () => {
    const before = upAndRunning();
    succeeds({ env: "SECRET_KEY=theirs\n" });
    expect(volume()).toMatchObject({
      django_secret_key: "theirs",
      "django_secret_key.old": before["django_secret_key"],
    });
    rmSync(join(secrets, "django_secret_key"));
    succeeds({ env: "SECRET_KEY=theirs\n" });
  });

  it.each([
    ["DATABASE_PASSWORD", "database_password"],
    ["MYSQL_ROOT_PASSWORD", "database_root_password"],
  ])(
    "lays another %s of .env beside the stored one; the line removed, all is as before",
    (variable, name) => {
      const before = upAndRunning("OTHER=1\n");
      expect(succeeds({ env: `${variable}=x\n` })).toContain(`${name}: .env has another value`);
      // A container that starts again reads the .env before, which fits what MariaDB knows.
      expect(volume()).toEqual({ ...before, [`${name}.next`]: "x", "env.next": `${variable}=x\n` });
      succeeds({ env: "OTHER=1\n" });
      expect(volume()).toEqual(before);
    },
  );

  it("leaves it at the stored one when .env says the same", () => {
    const before = upAndRunning("DATABASE_PASSWORD=x\n");
    succeeds({ env: "DATABASE_PASSWORD=x\n" });
    expect(volume()).toEqual(before);
  });

  it("adopts the new value once MariaDB has it, and keeps the one before; done twice it changes nothing", () => {
    const before = upAndRunning();
    succeeds({ env: "DATABASE_PASSWORD=x\n" });
    succeeds({ action: "adopt" });
    const adopted = {
      ...before,
      database_password: "x",
      "database_password.old": before["database_password"],
      env: "DATABASE_PASSWORD=x\n",
    };
    expect(volume()).toEqual(adopted);
    succeeds({ action: "adopt" });
    expect(volume()).toEqual(adopted);
    succeeds();
    expect(volume()).toEqual({ ...adopted, env: undefined });
  });
});

describe("to renew what is lost", () => {
  const lines = (values: Record<string, string>): string =>
    Object.entries(values)
      .map(([name, value]) => `${name} ${Buffer.from(value).toString("base64")}\n`)
      .join("");

  it("uses what is stored, then what a running container has, then .env, then makes one", () => {
    const before = upAndRunning();
    rmSync(join(secrets, "database_password"));
    rmSync(join(secrets, "django_secret_key"));
    const input = lines({ database_root_password: "not this", database_password: "running" });
    const output = succeeds({
      action: "renew",
      input,
      env: "SECRET_KEY=given\nDATABASE_PASSWORD=not this\n",
    });
    expect(volume()).toEqual({
      database_root_password: before["database_root_password"],
      "database_root_password.next": before["database_root_password"],
      "database_password.next": "running",
      django_secret_key: "given",
    });
    expect(output).toContain("database_password: as a running container has it");
    expect(output).not.toContain("given\n");
  });

  it("carries on with what an earlier run has laid down, which MariaDB may have taken", () => {
    database();
    succeeds({ action: "renew" });
    const laid = volume();
    expect(laid["database_root_password.next"]).toMatch(/^[A-Za-z0-9]{50}$/);
    succeeds({ action: "renew" });
    expect(volume()).toEqual(laid);
    succeeds({ action: "adopt" });
    expect(succeeds()).not.toContain("made");
  });
});

it("refuses a password that ends with a line break, which MariaDB's entrypoint would cut off", () => {
  const { status, output } = run({ env: 'DATABASE_PASSWORD="x\\n"\n' });
  expect([status, output]).toEqual([1, expect.stringContaining("ends with a line break")]);
  expect(existsSync(join(secrets, "database_password"))).toBe(false);
});
