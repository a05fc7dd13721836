import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import * as fc from "fast-check";
import { repetitions } from "../support/repetitions";

const ENTRYPOINT = resolve(__dirname, "../../assets/image/bin/entrypoint");

/** The engine's part of the environment. */
const ENGINE = {
  DATABASE_HOST: "guestbook-database",
  DATABASE_PORT: "3306",
  DATABASE_NAME: "guestbook",
  DATABASE_USER: "guest",
  DEPLOYMENT_READ_FROM_FILES: "DATABASE_PASSWORD SECRET_KEY DJANGO_SECRET_KEY CACHE_PASSWORD",
};

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "entrypoint-"));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

function file(name: string, content: string): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

/** Runs a command through the entrypoint, as the image does with its own Python. */
function run(
  command: string[],
  environment: Record<string, string>,
  input = "",
): { pid: number; status: number | null; output: string; error: string } {
  const { pid, status, stdout, stderr } = spawnSync("python3", ["-IS", ENTRYPOINT, ...command], {
    env: { PATH: process.env["PATH"], ...environment },
    encoding: "utf8",
    input,
  });
  return { pid, status, output: stdout, error: stderr };
}

/** The environment that a command gets. */
function environmentOf(environment: Record<string, string>): Record<string, string> {
  const { status, output, error } = run(["env", "-0"], environment);
  if (status !== 0) throw new Error(error);
  const pairs = output.split("\0").filter(Boolean);
  return Object.fromEntries(
    pairs.map((pair) => [pair.slice(0, pair.indexOf("=")), pair.slice(pair.indexOf("=") + 1)]),
  );
}

describe("the entrypoint", () => {
  it("brings secrets from their files, without the line end that an editor leaves", () => {
    const environment = environmentOf({
      ...ENGINE,
      DATABASE_PASSWORD_FILE: file("password", "p$a`s's\"\\ \n"),
      SECRET_KEY_FILE: file("key", "k\r\n"),
      DJANGO_SECRET_KEY_FILE: file("key2", "k2"),
      CACHE_PASSWORD_FILE: file("cache", "c"),
      // The project's own: no secret of ours, and no file that must be there.
      KEYRING_FILE: "/nowhere/keyring",
    });
    expect(environment).toMatchObject({
      DATABASE_PASSWORD: "p$a`s's\"\\ ",
      SECRET_KEY: "k",
      DJANGO_SECRET_KEY: "k2",
      CACHE_PASSWORD: "c",
    });
    expect(environment).not.toHaveProperty("KEYRING");
  });

  it("takes .env from standard input for a job, when it comes whole", () => {
    const environment = { ...ENGINE, ENV_FILE: "-", SECRET_KEY_FILE: file("key", "ours") };
    const env = "SECRET_KEY='é\n'\nA=1\n";
    const input = `${Buffer.byteLength(env)}\n${env}`;
    const given = run(["sh", "-c", 'echo "$A"; printf %s "$SECRET_KEY"; cat'], environment, input);
    expect(given).toMatchObject({ status: 0, output: "1\né\n" });
    expect(run(["true"], environment, "0\n").status).toBe(0);
    for (const half of ["", input.slice(0, -1), env, `x\n${env}`]) {
      const { status, error } = run(["echo", "ran"], environment, half);
      expect({ status, error }).toEqual({
        status: 1,
        error:
          "entrypoint: ENV_FILE is - and the .env file did not come whole by standard input: run it again\n",
      });
    }
  });

  it("lets .env win over a file, and a file over the engine", () => {
    const environment = {
      ...ENGINE,
      SECRET_KEY: "engine",
      SECRET_KEY_FILE: file("key", "file"),
      ALLOWED_HOSTS: "engine",
      ENV_FILE: file("env", "ALLOWED_HOSTS=dot"),
    };
    expect(environmentOf(environment)).toMatchObject({ SECRET_KEY: "file", ALLOWED_HOSTS: "dot" });
    file("env", "SECRET_KEY=dot");
    expect(environmentOf(environment)).toMatchObject({ SECRET_KEY: "dot", ALLOWED_HOSTS: "engine" });
  });

  it("does not take an empty line of a template for a password", () => {
    const environment = environmentOf({
      ...ENGINE,
      DATABASE_PASSWORD_FILE: file("password", "made"),
      ENV_FILE: file("env", "DATABASE_PASSWORD=\nEMAIL_HOST=\n"),
    });
    expect(environment).toMatchObject({ DATABASE_PASSWORD: "made", EMAIL_HOST: "" });
  });

  it("makes a DATABASE_URL in which no character has a meaning of its own", () => {
    const password = "p@:/?#[]% $`'\"\\é漢";
    const url =
      environmentOf({ ...ENGINE, DATABASE_PASSWORD_FILE: file("password", password) })["DATABASE_URL"] ?? "";
    expect(decodeURIComponent(new URL(url).password)).toBe(password);
    expect(url).toMatch(/^mysql:\/\/guest:[\w%.~-]+@guestbook-database:3306\/guestbook$/);
  });

  it("leaves a DATABASE_URL of the user's alone, and makes none without a password", () => {
    const given = { ...ENGINE, ENV_FILE: file("env", "DATABASE_URL=sqlite:///x\nDATABASE_PASSWORD=y") };
    expect(environmentOf(given)["DATABASE_URL"]).toBe("sqlite:///x");
    expect(environmentOf(ENGINE)).not.toHaveProperty("DATABASE_URL");
  });

  it("gives the secrets under the names that the project's settings read, too", () => {
    const environment = {
      ...ENGINE,
      DATABASE_PASSWORD_FILE: file("password", "made"),
      SECRET_KEY_FILE: file("key", "key"),
      DATABASE_PASSWORD_VARIABLE: "DB_PASS",
      DATABASE_URL_VARIABLE: "DB_URL",
      SECRET_KEY_VARIABLE: "APP_SECRET",
      CACHE_PASSWORD_FILE: file("cache", "c"),
      CACHE_PASSWORD_VARIABLE: "REDIS_PASS",
      ENV_FILE: file("env", "DB_PASS=\nAPP_SECRET=mine\n"),
    };
    expect(environmentOf(environment)).toMatchObject({
      DB_PASS: "made",
      DB_URL: "mysql://guest:made@guestbook-database:3306/guestbook",
      APP_SECRET: "mine",
      REDIS_PASS: "c",
    });
  });

  it("becomes the command: same process, its exit status, its arguments", () => {
    const { status, output } = run(["sh", "-c", 'echo "$1"; exit 7', "sh", "a b"], {});
    expect([status, output]).toEqual([7, "a b\n"]);
    const same = run(["sh", "-c", "echo $$"], {});
    expect(same.output).toBe(`${same.pid}\n`);
  });

  it("is not led astray by the project's folder or Python's variables", () => {
    file("re.py", "raise SystemExit('hijacked')");
    file("env_file.py", "raise SystemExit('hijacked')");
    const { status, error } = run(["sh", "-c", "true"], { PYTHONPATH: folder, ENV_FILE: file("env", "A=1") });
    expect([status, error]).toEqual([0, ""]);
  });

  it.each([
    [
      "a missing secret",
      { ...ENGINE, SECRET_KEY_FILE: "/nowhere/key" },
      ["true"],
      "SECRET_KEY_FILE=/nowhere/key can't be read: No such file",
    ],
    ["no command", {}, [], "no command given"],
    ["an unknown command", {}, ["no-such-command"], "can't run no-such-command: No such file"],
  ])("names %s in one line of its own", (_what, environment, command, message) => {
    const { status, error } = run(command, environment);
    expect(status).toBe(1);
    expect(error).toContain(`entrypoint: ${message}`);
    expect(error).not.toContain("Traceback");
  });

  it("names the line of a broken .env, and shows no value", () => {
    const { status, error } = run(["true"], { ENV_FILE: file("env", "A=1\nB='hunter2") });
    expect(status).toBe(1);
    expect(error).toContain("entrypoint: the .env file can't be read: line 2: the value of B opens with '");
    expect(error).not.toContain("hunter2");
  });
});

it("brings any value of .env to the process byte for byte", () => {
  const value = fc.string({ unit: "grapheme", maxLength: 20 }).filter((text) => !/[\0\r]/.test(text));
  const hard = fc.string({
    unit: fc.constantFrom("$", '"', "'", "\\", "`", "\n", "#", "%", "a", " "),
    maxLength: 12,
  });
  const values = fc.sample(fc.oneof(value, hard), repetitions(500));
  const lines = values.map(
    (text, index) => `PLANTED_${index}='${text.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}'`,
  );
  const environment = environmentOf({ ENV_FILE: file("env", lines.join("\n")) });
  expect(values.map((_, index) => environment[`PLANTED_${index}`])).toEqual(values);
});
