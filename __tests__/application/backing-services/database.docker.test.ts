import { spawn, spawnSync } from "node:child_process";
import { serviceOf } from "../../../application/application";
import { applicationOf } from "../../../application/model";
import { readMachine } from "../../../cli/computer/machine";
import { ROOT, guestbook } from "../../support/guestbook";

const NAME = `database-rooms-${process.pid}`;
const IMAGE = readMachine(ROOT).images?.["mariadb"] ?? `mariadb:${guestbook.database.image.version}`;
const CLIENT = ["mariadb", "--host=127.0.0.1", "--user=django", "--password=test", "--max-allowed-packet=1G"];

/** As on 2 GiB, the default. */
const {
  command = [],
  mounts,
  environment,
  memory,
} = serviceOf(applicationOf({ ...guestbook, memory: { ...guestbook.memory, database: 464 } }), "database");

function docker(...args: readonly string[]): string {
  const { status, stdout, stderr } = spawnSync("docker", args, { encoding: "utf8", timeout: 120_000 });
  expect([status, status === 0 ? "" : stderr]).toEqual([0, ""]);
  return stdout.trim();
}

/** Runs statements in a container beside MariaDB's, so that the client takes none of its memory. */
function sql(statements: string): Promise<{ readonly status: number | null; readonly output: string }> {
  const child = spawn(
    "docker",
    [
      ...["run", "--rm", "--interactive", "--label", NAME, "--network", `container:${NAME}`],
      ...["--entrypoint", "", IMAGE, ...CLIENT, "-N", "django"],
    ].flat(),
  );
  let output = "";
  child.stdout.on("data", (data: Buffer) => (output += data.toString().slice(0, 1000)));
  child.stderr.on("data", (data: Buffer) => (output += data.toString().slice(-1000)));
  child.stdin.on("error", () => undefined);
  child.stdin.end(statements);
  return new Promise((resolve) => child.on("close", (status) => resolve({ status, output: output.trim() })));
}

async function answers(): Promise<void> {
  const end = Date.now() + 120_000;
  while (spawnSync("docker", ["exec", NAME, ...CLIENT, "-e", "SELECT 1", "django"]).status !== 0) {
    if (Date.now() > end) throw new Error(docker("logs", NAME));
    await new Promise((resolve) => setTimeout(resolve, 300));
  }
}

const state = (): string => docker("inspect", "--format", "{{.State.Status}} {{.State.OOMKilled}}", NAME);

/** Names of temporary tables on the volume. */
const leftovers = (): string[] =>
  docker("exec", NAME, "ls", "-A", "/var/lib/mysql")
    .split("\n")
    .filter((name) => name.startsWith("#sql"));

beforeAll(async () => {
  docker("volume", "create", NAME);
  docker(
    ...["run", "--detach", "--name", NAME, "--user", "999:999", "--read-only", "--cap-drop", "ALL"],
    ...["--memory", `${memory}m`, "--memory-swap", `${memory}m`, "--volume", `${NAME}:/var/lib/mysql`],
    ...mounts.flatMap((mount) =>
      mount.type === "tmpfs" ? ["--tmpfs", `${mount.target}:size=${mount.size}m,mode=${mount.mode}`] : [],
    ),
    ...Object.entries(environment).flatMap(([name, value]) =>
      name.endsWith("_FILE") ? [] : ["--env", `${name}=${value}`],
    ),
    ...["--env", "MARIADB_PASSWORD=test", "--env", "MARIADB_ROOT_PASSWORD=test"],
    ...["--env", "MARIADB_INITDB_SKIP_TZINFO=1", IMAGE, ...command],
  );
  await answers();
}, 180_000);

afterAll(() => {
  spawnSync("docker", ["rm", "--force", "--volumes", NAME]);
  spawnSync("docker", ["volume", "rm", "--force", NAME]);
});

describe("MariaDB at the defaults of 2 GiB", () => {
  it("builds an index of 400,000 texts of 224 bytes", async () => {
    const rows = "SELECT CONCAT(MD5(seq), REPEAT(MD5(seq * 7), 5), MD5(seq + 1))";
    const made = await sql(`
      CREATE TABLE t (id BIGINT AUTO_INCREMENT PRIMARY KEY, text VARCHAR(250) NOT NULL);
      INSERT INTO t (text) ${rows} FROM seq_1_to_400000;
      CREATE INDEX by_text ON t (text);
      DROP INDEX by_text ON t;
      DELETE FROM t WHERE id > 20000;`);
    expect(made).toEqual({ status: 0, output: "" });
  }, 300_000);

  it("stores two bodies of 17 MB at once, again and again", async () => {
    expect((await sql("CREATE TABLE b (x LONGBLOB)")).status).toBe(0);
    const insert = `INSERT INTO b VALUES ('${"x".repeat(17_000_000)}');`;
    for (const round of [1, 2, 3]) {
      const both = await Promise.all([sql(insert), sql(insert)]);
      expect([round, both.map(({ status }) => status), state()]).toEqual([round, [0, 0], "running false"]);
    }
    expect(await sql("SELECT MIN(LENGTH(x)) FROM b")).toEqual({ status: 0, output: "17000000" });
  }, 300_000);

  it("is not killed by all threads of two releases that group and sort, and removes what a crash leaves", async () => {
    const group = "SELECT text, COUNT(id) AS n FROM t GROUP BY text ORDER BY n, text DESC LIMIT 5;";
    const load = Array.from({ length: 24 }, () => sql(group.repeat(20)));
    const end = Date.now() + 60_000;
    while (leftovers().length < 24 && Date.now() < end) await new Promise((go) => setTimeout(go, 200));
    expect(leftovers().length).toBeGreaterThanOrEqual(24);
    await new Promise((go) => setTimeout(go, 10_000));
    expect(state()).toBe("running false");
    docker("kill", "--signal", "KILL", NAME);
    await Promise.all(load);
    docker("start", NAME);
    await answers();
    expect(leftovers()).toEqual([]);
  }, 300_000);
});
