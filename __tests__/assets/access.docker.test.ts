import { spawnSync } from "node:child_process";
import { accessScript } from "../../cli/database/database-access";
import { readMachine } from "../../cli/computer/machine";
import { guestbook, ROOT } from "../support/guestbook";
import { docker } from "./support/nginx";

jest.setTimeout(300_000);

const IMAGE = readMachine(ROOT).images?.["mariadb"] ?? `mariadb:${guestbook.database.image.version}`;
const NAME = `test-access-${process.pid}`;
/** Every character that some step between a file and MariaDB is known to break. */
const NASTY = `p$a"b'c\\d\`e%f é #; -- /*x*/ `;

const secrets = new Map<string, string>();

interface Run {
  readonly status: number | null;
  readonly output: string;
}

const run = (args: readonly string[], input = ""): Run => {
  const { status, stdout, stderr } = spawnSync("docker", args, { encoding: "utf8", input });
  return { status, output: stdout + stderr };
};

/** The secrets as the host gives them to access.sh. */
const stored = (): string =>
  [...secrets].map(([name, value]) => `${name} ${Buffer.from(value).toString("base64")}\n`).join("");

const access = (action: "look" | "set" | "end"): Run =>
  run(
    [
      ...["exec", "--interactive", "--env", "ACCESS_INPUT=1", NAME],
      ...["bash", "-c", accessScript(ROOT, "access.sh"), "access", action],
    ],
    stored(),
  );

const opens = (user: string, password: string): boolean => {
  const client = ["mariadb", "--no-defaults", `--user=${user}`, "--execute=SELECT 1"];
  // The password is in the environment of the docker command alone.
  return (
    spawnSync("docker", ["exec", "--env", "MYSQL_PWD", NAME, ...client], {
      env: { ...process.env, MYSQL_PWD: password },
    }).status === 0
  );
};

const sql = (statement: string, password = secrets.get("database_root_password") ?? ""): string => {
  const { status, stdout, stderr } = spawnSync(
    "docker",
    ["exec", "--interactive", "--env", "MYSQL_PWD", NAME, "mariadb", "--no-defaults", "-uroot", "-N"],
    { encoding: "utf8", input: statement, env: { ...process.env, MYSQL_PWD: password } },
  );
  expect([status, stderr]).toEqual([0, ""]);
  return stdout;
};

/** As the deployment runs it: user 999, read-only, no network. */
const CONTAINER = [
  ...["--network", "none", "--user", "999:999", "--read-only", "--cap-drop", "ALL"],
  ...["--tmpfs", "/run/mysqld:size=1m,mode=1777", "--tmpfs", "/tmp:size=64m,mode=1777"],
  ...["--volume", `${NAME}-data:/var/lib/mysql`, "--env", "MARIADB_USER=django"],
];

function startServer(): void {
  docker(
    ...["run", "--detach", "--name", NAME, ...CONTAINER],
    ...[
      "--env",
      "MARIADB_ROOT_PASSWORD=root1",
      "--env",
      "MARIADB_PASSWORD=old",
      "--env",
      "MARIADB_DATABASE=django",
    ],
    ...["--env", "MARIADB_ROOT_HOST=localhost", "--env", "MARIADB_INITDB_SKIP_TZINFO=1"],
    ...[IMAGE, "--skip-name-resolve", "--innodb-buffer-pool-size=32M"],
  );
  const answers = (): boolean =>
    run(["exec", NAME, "healthcheck.sh", "--connect", "--innodb_initialized"]).status === 0;
  const end = Date.now() + 120_000;
  while (!answers()) {
    if (Date.now() > end) throw new Error(run(["logs", NAME]).output);
    spawnSync("sleep", ["0.5"]);
  }
}

beforeAll(() => {
  docker("volume", "create", `${NAME}-data`);
  docker("run", "--rm", "--volume", `${NAME}-data:/d`, "--entrypoint", "chown", IMAGE, "999:999", "/d");
  startServer();
  secrets.set("database_root_password", "root1").set("database_password", "old");
  sql("CREATE TABLE django.kept (id INT); INSERT INTO django.kept VALUES (1), (2);");
  sql("ALTER USER django@'%' WITH MAX_USER_CONNECTIONS 40;");
});
afterAll(() => {
  run(["rm", "--force", NAME]);
  run(["volume", "rm", "--force", `${NAME}-data`]);
});

describe("MariaDB", () => {
  const settings =
    "SELECT @@innodb_flush_log_at_trx_commit, @@innodb_doublewrite, @@innodb_flush_method, @@log_bin";

  // Without a binary log sync_binlog counts for nothing.
  it("has a row on the disk at its commit, without an option of ours", () =>
    expect(sql(settings)).toBe("1\tON\tO_DIRECT\t0\n"));
});

describe("access.sh", () => {
  it("does nothing when nothing waits", () =>
    expect([access("look"), access("set")]).toEqual([
      { status: 0, output: "" },
      { status: 0, output: "" },
    ]));

  it("sets a new password, whatever is in it; the one before opens MariaDB too, and the account's limits stay", () => {
    secrets.set("database_password.next", NASTY);
    const waits = { status: 0, output: "access: waits database_password\n" };
    expect([access("look"), access("look")]).toEqual([waits, waits]);
    expect([opens("django", NASTY), opens("django", "old")]).toEqual([false, true]);
    const said = "access: set database_password\naccess: both database_password\n";
    expect(access("set")).toEqual({ status: 0, output: said });
    expect([opens("django", NASTY), opens("django", "old"), opens("django", "x")]).toEqual([
      true,
      true,
      false,
    ]);
    expect(sql("SHOW CREATE USER django@'%'")).toContain("MAX_USER_CONNECTIONS 40");
    // Broken off before the value was stored: once more finds it done.
    expect(access("set")).toEqual({ status: 0, output: said });
  });

  it("takes the one before away when it is told to, and only then", () => {
    secrets.set("database_password", NASTY).delete("database_password.next");
    expect(access("look").output).toBe("access: both database_password\n");
    expect(access("set").output).toBe("access: both database_password\n");
    expect(opens("django", "old")).toBe(true);
    expect(access("end")).toEqual({ status: 0, output: "" });
    expect([opens("django", NASTY), opens("django", "old")]).toEqual([true, false]);
    expect(access("end")).toEqual({ status: 0, output: "" });
    expect(sql("SHOW CREATE USER django@'%'")).toContain("MAX_USER_CONNECTIONS 40");
  });

  it("sets root's too, and knows it when it was broken off after that", () => {
    secrets.set("database_root_password.next", "root2").set("database_password.next", "two");
    expect(access("set").output).toContain(
      "access: set database_root_password\naccess: set database_password\n",
    );
    secrets.set("database_root_password.next", "root2").set("database_password.next", "three");
    expect(access("set").status).toBe(0);
    secrets.set("database_root_password", "root2").set("database_password", "three");
    secrets.delete("database_root_password.next");
    secrets.delete("database_password.next");
    expect(access("end").status).toBe(0);
    expect([opens("root", "root1"), opens("root", "root2")]).toEqual([false, true]);
    expect([opens("django", "two"), opens("django", "three")]).toEqual([false, true]);
  });

  it("changes nothing when no password that is known is root's, and says by what access is got again", () => {
    secrets.set("database_root_password", "wrong").set("database_password.next", "four");
    const { status, output } = access("set");
    expect([status, output]).toEqual([3, expect.stringContaining("make repair-access")]);
    expect([opens("django", "three"), opens("django", "four")]).toEqual([true, false]);
    // One that opens already needs no root.
    secrets.set("database_password.next", "three");
    expect(access("set")).toEqual({ status: 0, output: "access: set database_password\n" });
  });

  it("shows no password, neither in what it says nor in a process's arguments", () => {
    secrets.set("database_root_password", "root2").set("database_password.next", "Hunter2Hunter2");
    const { output } = access("set");
    expect(output).not.toContain("Hunter2");
    expect(run(["top", NAME, "-eo", "args"]).output).not.toContain("Hunter2");
    expect(run(["logs", NAME]).output).not.toContain("Hunter2");
  });
});

describe("repair.sh", () => {
  const repair = (user = "django"): Run => {
    const laid = `umask 077; mkdir /tmp/s; while read -r n v; do base64 -d <<<"$v" >"/tmp/s/$n"; done; export ACCESS_FOLDER=/tmp/s\n`;
    return run(
      [
        ...[
          "run",
          "--rm",
          "--interactive",
          ...CONTAINER,
          "--env",
          `MARIADB_USER=${user}`,
          "--env",
          "REPAIR_WAIT=120",
        ],
        ...["--entrypoint", "bash", IMAGE, "-c", laid + accessScript(ROOT, "repair.sh"), "repair"],
        "--innodb-buffer-pool-size=32M",
      ],
      stored(),
    );
  };

  it("refuses to work beside a server that runs, which stays as it is", () => {
    secrets.set("database_root_password.next", "root3").set("database_password.next", NASTY);
    expect(repair()).toMatchObject({ status: 1, output: expect.stringContaining("did not start") as string });
    expect(sql("SELECT COUNT(*) FROM django.kept", "root2")).toBe("2\n");
  });

  it("has MariaDB take new passwords without any of the old ones; every row is there; done twice it does no harm", () => {
    docker("stop", NAME);
    for (let time = 0; time < 2; time++) {
      const { status, output } = repair();
      expect([status, output]).toEqual([0, expect.stringContaining("access: MariaDB has the new passwords")]);
      expect(output).not.toContain("root3");
    }
    docker("rm", NAME);
    startServer();
    secrets.set("database_root_password", "root3");
    expect([opens("root", "root2"), opens("root", "root3"), opens("django", NASTY)]).toEqual([
      false,
      true,
      true,
    ]);
    expect(sql("SELECT COUNT(*) FROM django.kept")).toBe("2\n");
    expect(sql("SHOW CREATE USER django@'%'")).toContain("MAX_USER_CONNECTIONS 40");
  });

  it("says so when MariaDB has no such user, and lets root in all the same", () => {
    docker("stop", NAME);
    const { status, output } = repair("nobody");
    expect([status, output]).toEqual([1, expect.stringContaining("not the user nobody")]);
    docker("start", NAME);
  });
});
