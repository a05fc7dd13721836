import { spawnSync } from "node:child_process";
import { join, resolve } from "node:path";
import { STANDARD_LIBRARY_ONLY } from "../support/python";

jest.setTimeout(60_000);

const PYTHON = resolve(__dirname, "../../assets/image/python");
/** A clock that only sleeping moves, so that nothing waits. */
const CLOCK =
  "import time\nnow = [0.0]\ntime.monotonic = lambda: now[-1]\ntime.sleep = lambda s: now.append(now[-1] + s)";
const WAIT = `${CLOCK}\nimport deployment_database as d\nd.wait()\nprint('there')`;
const LOCK = "import deployment_database as d\nwith d.only_one():\n  print('alone')";

/** What the migration does when MariaDB answers so (see support/stubs/MySQLdb). */
function run(
  code: string,
  says: string,
  variables: Record<string, string> = {},
): { status: number | null; output: string; error: string } {
  const { status, stdout, stderr } = spawnSync("python3", [STANDARD_LIBRARY_ONLY, "-c", code], {
    encoding: "utf8",
    env: {
      PATH: process.env["PATH"],
      PYTHONPATH: `${PYTHON}:${join(__dirname, "support", "stubs")}`,
      PYTHONDONTWRITEBYTECODE: "1",
      MYSQL_SAYS: says,
      DATABASE_HOST: "shop-database",
      DATABASE_PORT: "3306",
      DATABASE_NAME: "shop",
      DATABASE_USER: "clerk",
      DATABASE_PASSWORD: "hunter2",
      ...variables,
    },
  });
  expect(stdout + stderr).not.toContain("hunter2");
  return { status, output: stdout, error: stderr };
}

describe("waiting for the database", () => {
  it("ends once it answers, and says once that it waits", () => {
    const { status, output } = run(WAIT, "2002 Can't connect|2002 Can't connect|2005 Unknown host|ok");
    expect([status, output]).toEqual([
      0,
      "migrate: waiting for the database at shop-database:3306: Can't connect\nthere\n",
    ]);
  });

  it("gives up in time when it never answers, and says where to look", () => {
    const { status, error } = run(WAIT, "2002 Can't connect", { DATABASE_WAIT: "1" });
    expect(status).toBe(1);
    expect(error).toContain("migrate: no database at shop-database:3306 after 1 s: Can't connect");
    expect(error).toContain("`make logs`");
  });

  it.each([
    [
      "1045 Access denied for user",
      [
        "refuses user 'clerk': Access denied",
        "put the old value back as DATABASE_PASSWORD",
        "`make up` (on the host: release again) tells MariaDB",
        "make repair-access",
      ],
    ],
    [
      "1044 Access denied to database",
      ["has no database 'shop' for user 'clerk'", "database.name, database.user"],
    ],
    ["1049 Unknown database", ["has no database 'shop' for user 'clerk'"]],
    ["1130 Host not allowed", ["allows no connection from this container: Host not allowed"]],
  ])("does not wait for what never comes: %s", (says, messages) => {
    const { status, error } = run(WAIT, `${says}|ok`);
    expect(status).toBe(1);
    for (const message of messages) expect(error).toContain(message);
    // No way out deletes anything.
    expect(error).not.toMatch(/Traceback|destroy/);
  });

  it("names the variable that is missing", () => {
    const { status, error } = run(WAIT, "ok", { DATABASE_PASSWORD: "" });
    expect([status, error]).toEqual([1, expect.stringMatching(/^migrate: DATABASE_PASSWORD is not set\./)]);
  });
});

it("holds a lock of this database's while it migrates", () => {
  const { status, output } = run(LOCK, "ok");
  expect(status).toBe(0);
  expect(output).toMatch(
    /SQL SELECT GET_LOCK\(deployment-migrate-shop, 0\), IS_USED_LOCK\(deployment-notes-shop\)\nalone\n$/,
  );
});
