import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { Runner, type ScriptOutcome } from "../../support/runner";
import { removeProjects } from "../../support/project";

afterEach(removeProjects);

/** What ssh says when it is asked; the last answer stays. */
type Answer = readonly [status: number, text: string];

/** Runs the script against an ssh that gives these answers one after the other. */
function waiting(
  answers: readonly Answer[],
  env: Record<string, string> = {},
): ScriptOutcome & { runner: Runner } {
  const runner = new Runner();
  runner.write("ssh/config", "");
  answers.forEach(([status, text], index) => {
    writeFileSync(join(runner.temporary, `answer-${index}`), `${status}\n${text}\n`);
  });
  runner.replace(
    "ssh",
    `#!/usr/bin/env bash
case "$*" in
  *boot-log*) echo 'E: no such package'; exit 0 ;;
  *"'python'"*) exit 0 ;;
esac
number=$(cat "$HOME/asked" 2>/dev/null || echo 0)
[ -e "$HOME/answer-$((number + 1))" ] && echo $((number + 1)) >"$HOME/asked"
status=$(head -n 1 "$HOME/answer-$number")
if [ "$status" = 0 ]; then tail -n +2 "$HOME/answer-$number"; else tail -n +2 "$HOME/answer-$number" >&2; fi
exit "$status"
`,
  );
  return { ...runner.run("wait-for-host", [], { WAIT_PAUSE: "0.1", ...env }), runner };
}

const REFUSED: Answer = [255, "ssh: connect to host 192.0.2.1 port 22: Connection refused"];
const STRANGER: Answer = [255, "Host key verification failed."];
const NOT_OURS: Answer = [255, "ubuntu@192.0.2.1: Permission denied (publickey)."];
const NO_FILE: Answer = [1, "✗ /run/django-deployment/status: No such file or directory"];

test("waits through a first boot, and says each thing once", () => {
  const preparing: Answer = [0, "preparing: packages"];
  const { status, stdout, runner } = waiting([
    REFUSED,
    REFUSED,
    STRANGER,
    NO_FILE,
    preparing,
    preparing,
    [0, "ready"],
  ]);
  expect(status).toBe(0);
  expect(
    stdout
      .replace(/^ *\d+ s {2}/gm, "")
      .trimEnd()
      .split("\n"),
  ).toEqual([
    "unreachable: ssh: connect to host 192.0.2.1 port 22: Connection refused",
    "stranger: Host key verification failed.",
    "preparing: its first boot has not come to our part yet",
    "preparing: preparing: packages",
    "the host is ready",
  ]);
  expect(runner.steps()).toEqual(["Wait until the host is ready: 0"]);
});

test("ends at once when the preparation has failed, with what cloud-init said", () => {
  const { status, stdout, stderr, runner } = waiting([
    [0, "failed: packages: apt is locked; then type: sudo x"],
  ]);
  expect(status).toBe(1);
  expect(stdout).toContain("  | E: no such package");
  expect(stderr).toBe("error: failed: packages: apt is locked; then type: sudo x\n");
  expect(runner.steps()).toEqual(["Wait until the host is ready: 1"]);
});

test.each<[string, readonly Answer[], Record<string, string>, string]>([
  [
    "another host key",
    [STRANGER],
    { WAIT_HOST_KEY: "1" },
    "the host shows another key than KNOWN_HOSTS says",
  ],
  ["a key of ours that is refused", [NOT_OURS], { WAIT_KEY: "1" }, "the host refuses KEY"],
  [
    "a host that doesn't answer",
    [REFUSED],
    { WAIT_UNREACHABLE: "1" },
    "the host doesn't answer (ssh: connect",
  ],
  [
    "a host that is never ready",
    [[0, "preparing: packages"]],
    { WAIT_READY: "1" },
    "the host is not ready after 1 s: preparing: packages",
  ],
])("gives up on %s", (_name, answers, env, message) => {
  const { status, stderr } = waiting(answers, env);
  expect(status).toBe(1);
  expect(stderr).toContain(`error: ${message}`);
});

test("counts the time without an answer anew after each one", () => {
  const { status } = waiting([REFUSED, [0, "preparing: reboot"], REFUSED, [0, "ready"]], {
    WAIT_UNREACHABLE: "1",
  });
  expect(status).toBe(0);
});

describe("what the release program runs on", () => {
  /** Runs the script against a host whose `python3` is this script of sh; `$PYTHON` is a real one. */
  function withPython(script: string): ScriptOutcome {
    const runner = new Runner();
    runner.write("ssh/config", "");
    runner.replace(
      "ssh",
      '#!/bin/sh\ncase "$*" in *host-status*) echo ready; exit ;; esac\nfor last; do :; done\nexec bash -c "$last"\n',
    );
    runner.replace("python3", `#!/bin/sh\n${script}\n`);
    const real = execFileSync("python3", ["-c", "import sys; print(sys.executable)"], { encoding: "utf8" });
    return runner.run("wait-for-host", [], { PYTHON: real.trim(), WAIT_PAUSE: "0.1" });
  }
  const pretend = (version: string): string =>
    `exec "$PYTHON" -c 'import sys; door = sys.stdin.read(); sys.version_info = (${version}); sys.argv[1:] = sys.argv[5:]; exec(door)' "$@"`;

  test("is looked for once the host is ready", () => {
    expect(withPython(pretend("3, 10, 0"))).toMatchObject({
      status: 0,
      stdout: "the host is ready\n",
      stderr: "",
    });
  });

  test("is not called missing when the connection breaks", () => {
    const broken = `[ -e "$HOME/broken" ] || { : >"$HOME/broken"; echo 'Connection reset by peer' >&2; exit 255; }`;
    const { status, stdout } = withPython(`${broken}\n${pretend("3, 10, 0")}`);
    expect(status).toBe(0);
    expect(stdout).toContain("unreachable: Connection reset by peer\n");
  });

  test.each([
    ["older", pretend("3, 9, 19")],
    ["missing", "exit 127"],
  ])("is told when it is %s, with what to type", (_name, script) => {
    const { status, stderr } = withPython(script);
    expect(status).toBe(1);
    expect(stderr).toContain("error: the host has no Python 3.10 or newer");
    expect(stderr).toContain("sudo apt-get install python3");
  });
});

test("needs ssh to be set up", () => {
  const { status, stderr } = new Runner().run("wait-for-host");
  expect(status).toBe(1);
  expect(stderr).toContain("run deploy/runner/ssh-setup first");
});

test.each([86_400, -86_400])("waits for as long, though the clock jumps by %d s", (seconds) => {
  const script = new Runner().write(
    "jump",
    `sleep() { SECONDS=$((SECONDS + ${seconds})); command sleep "$@"; }\n`,
  );
  const preparing: Answer = [0, "preparing: packages"];
  const { status, stdout } = waiting([REFUSED, preparing, preparing, [0, "ready"]], { BASH_ENV: script });
  expect([status, stdout.trimEnd().split("\n").at(-1)]).toEqual([0, "the host is ready"]);
  const never = waiting([REFUSED], { BASH_ENV: script, WAIT_UNREACHABLE: "1" });
  expect(never.status).toBe(1);
});
