import { spawnSync } from "node:child_process";
import { mkdtempSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ROOT } from "../../support/guestbook";

/**
 * The parts of the release script that are about passwords and the holder, on a machine whose `docker` writes down how it
 * was called and answers what the test lets it.
 */
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "passwords-"));
  mkdirSync(join(folder, "release"));
  mkdirSync(join(folder, "here"));
  writeFileSync(
    join(folder, "here", "tasks.sh"),
    "holder_task=(--name=shop-holder python sleep)\nsecrets_task=(secrets)\n",
  );
});
afterEach(() => rmSync(folder, { recursive: true }));

interface Outcome {
  readonly status: number | null;
  readonly output: string;
  /** How docker was called, a line each. */
  readonly calls: readonly string[];
}

/**
 * @param docker what docker does, as lines of a `case` over its arguments
 * @param script what is run then
 */
function run(docker: string, script: string): Outcome {
  const lib = join(ROOT, "assets", "deploy", "host", "lib");
  const calls = join(folder, "calls");
  writeFileSync(calls, "");
  const text = `set -euo pipefail
here=${folder}/here release=${folder}/release base=${folder} deploy=${ROOT}/assets step=test
for part in common steps holder secrets access services; do . "${lib}/$part.sh"; done
NAME=shop LABEL_NAME=label PYTHON_IMAGE=python MARIADB_IMAGE=mariadb VOLUMES=(shop-dbdata shop-secrets)
SECRETS_VOLUME=shop-secrets DATABASE_VOLUME=shop-dbdata DATABASE_USER=shop DATABASE_MEMORY=400
SECRET_FILES=(database_root_password database_password)
trap 'echo "reason: \${reason-}"' EXIT
docker() {
  # Of a script in an argument one line is enough.
  printf '%s\\n' "\${*//$'\\n'*/}" >>${calls}
  # Whoever writes to it must not be cut off.
  case " $* " in *' --interactive --env '*) cat >/dev/null ;; esac
  case "$*" in
${docker}
  esac
}
${script}`;
  const { status, stdout, stderr } = spawnSync("bash", ["--norc", "-c", text], {
    encoding: "utf8",
    env: { PATH: process.env["PATH"] ?? "" },
  });
  return {
    status,
    output: stdout + stderr,
    calls: readFileSync(calls, "utf8")
      .split("\n")
      .filter((line) => line !== ""),
  };
}

describe("the volume of the secrets is gone", () => {
  const gone = '    "volume inspect shop-secrets") return 1 ;;';

  it("and the database is there: refused before a volume is made", () => {
    const { status, output, calls } = run(`${gone}\n    "run --rm"*) echo database ;;`, "provide_secrets");
    expect(status).toBe(1);
    expect(output).toContain(
      "reason: the volume shop-secrets is gone, and the database that its passwords open is there",
    );
    expect(output).toContain("release repair-access");
    expect(calls.filter((call) => /^(volume create|secret)/.test(call))).toEqual([]);
  });

  it("and there is no database: a first release, which makes them", () => {
    const { calls } = run(`${gone}\n    "run --rm"*) echo empty ;;`, "provide_secrets");
    expect(calls).toContain("volume create --label label=shop shop-secrets");
  });
});

describe("the holder", () => {
  it("is left alone when it runs as it should", () => {
    const { status, calls } = run(
      '    "ps --filter label=label.holder="*) echo shop-holder ;;',
      "hold_volumes",
    );
    expect(status).toBe(0);
    expect(calls.filter((call) => /^(rm|run)/.test(call))).toEqual([]);
  });

  it("is started anew when it is missing, or made from another image or for other volumes", () => {
    const { status, calls } = run('    "ps "*) : ;;', "hold_volumes");
    expect(status).toBe(0);
    expect(calls.slice(-2)).toEqual([
      "rm --force shop-holder",
      expect.stringMatching(/^run --label label\.holder=[0-9a-f]{16} --name=shop-holder python sleep$/),
    ]);
  });
});

describe("a new password", () => {
  const running =
    '    "ps --quiet --no-trunc"*) echo c0ffee ;;\n    "run --rm --interactive"*) echo "database_password eA==" ;;';

  it("is set in MariaDB, then stored, then given to the Swarm", () => {
    const docker = `${running}
    "exec --interactive"*) printf 'access: set database_password\\naccess: both database_password\\n' ;;
    "run --interactive --env=SECRETS_DO=adopt"*) : ;;`;
    const { status, calls } = run(
      docker,
      'publish_secrets() { echo published; }; waiting=1; set_passwords; echo "both: $takes_both"; end_old_passwords',
    );
    expect(status).toBe(0);
    expect(calls.filter((call) => /SECRETS_DO|^exec/.test(call))).toEqual([
      expect.stringContaining(
        "exec --interactive --env ACCESS_INPUT=1 --env MARIADB_USER=shop c0ffee bash -c",
      ),
      "run --interactive --env=SECRETS_DO=adopt secrets",
      expect.stringContaining("exec --interactive"),
    ]);
  });

  it("that is none changes nothing", () => {
    const { status, output, calls } = run(
      `${running}\n    "exec "*) : ;;`,
      "waiting=1; set_passwords; end_old_passwords",
    );
    expect([status, output]).toEqual([0, "reason: \n"]);
    expect(calls.filter((call) => call.startsWith("exec"))).toHaveLength(1);
  });

  it("is not looked for in MariaDB when none waits and none is left from a release that was cut off", () => {
    const docker = `${running}\n    "exec "*) : ;;`;
    expect(run(docker, "set_passwords; end_old_passwords").calls).toEqual([]);
    const after = run(docker, ': >"$base/both-passwords"; set_passwords; end_old_passwords; ls "$base"');
    expect(after.calls.filter((call) => call.startsWith("exec"))).toHaveLength(1);
    expect(after.output).not.toContain("both-passwords");
  });

  it("that root can't set ends the release, with the ways out", () => {
    const { status, output } = run(`${running}\n    "exec "*) return 3 ;;`, "waiting=1; set_passwords");
    expect([status, output]).toEqual([1, expect.stringContaining("release repair-access")]);
    expect(output).not.toContain("destroy");
  });
});

it("a database that runs keeps the secrets that it was started with; a first one gets those that are stored", () => {
  const print =
    'keep_secrets database; echo "$DATABASE_KEPT_SECRET_DATABASE_PASSWORD $DATABASE_KEPT_SECRET_DATABASE_ROOT_PASSWORD"';
  const given = "SECRET_DATABASE_PASSWORD=new SECRET_DATABASE_ROOT_PASSWORD=root;";
  const kept = run(
    '    "service inspect"*database_password*) echo old ;;\n    "service inspect"*) echo root-old ;;',
    given + print,
  );
  expect(kept.output).toContain("old root-old\n");
  const first = run('    "service inspect"*) return 1 ;;', given + print);
  expect(first.output).toContain("new root\n");
});
