import { spawnSync } from "node:child_process";
import { chmodSync, cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, relative, resolve } from "node:path";

const TOOLS = resolve(__dirname, "../../tools");

/** A project with our tools/test, in which each checker and each suite only notes in the file `order` that it ran. */
let project: string;
beforeEach(() => {
  project = mkdtempSync(join(tmpdir(), "tools-test-"));
  mkdirSync(join(project, "tools"));
  for (const name of ["test", "lib/library.sh", "lib/test-times.mjs"])
    cpSync(join(TOOLS, name), join(project, "tools", name));
  for (const name of ["setup", "packages"]) program(`tools/${name}`, `echo ${name} >>order`);
  for (const name of ["linters", "compose", "ssh-programs", "python-programs"]) program(`tools/${name}`, ":");
  for (const name of ["tsc", "eslint", "prettier"])
    program(
      `node_modules/.bin/${name}`,
      `echo "${name} $*" >>order; [ "$FAILS" != ${name} ] || { echo "wrong in ${name}"; exit 1; }`,
    );
  program("node_modules/.bin/jest", JEST);
});
afterEach(() => rmSync(project, { recursive: true }));

/** Leaves what the reporter does: numbers, and the times of two files. Each suite takes a second more than the one before. */
const JEST = `
suite=$2
[ "$3" != e2e ] || suite="$2 $3"
echo "jest $suite QUICK=$QUICK LONG=$LONG $*" >>order
command -v python3 >python
[ "$FAILS" != "$suite" ] || exit 1
seconds=$(grep -c '^jest ' order)
echo '{"passed": 10, "failed": 0, "skipped": '\${SKIPPED-0}', "files": [
  {"place": "'$suite'/short.test.ts", "seconds": 0.12, "failures": ['$FAILURES']}, {"place": "'$suite'/long.test.ts", "seconds": '$seconds'}]}' >"$TEST_COUNTS"`;

function program(path: string, script: string): void {
  const file = join(project, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, `#!/bin/sh\n${script}\n`);
  chmodSync(file, 0o755);
}

interface Run {
  readonly status: number | null;
  readonly lines: readonly string[];
  /** What ran, one after the other, and with which arguments. */
  readonly order: readonly string[];
}

function run(args: readonly string[], environment: Readonly<Record<string, string>> = {}): Run {
  const { status, stdout } = spawnSync(join(project, "tools/test"), args, {
    encoding: "utf8",
    env: { PATH: process.env["PATH"], TMPDIR: project, ...environment },
  });
  const order = readFileSync(join(project, "order"), "utf8").trimEnd().split("\n");
  return { status, lines: stdout.trimEnd().split("\n"), order };
}

/** The first word of each line; of a suite its name. */
const names = ({ order }: Run): string[] =>
  order.map((line) => line.replace(/^jest (docker e2e|\w+) .*|^(\w+).*/, "$1$2"));

const STATIC = ["eslint", "prettier", "tsc"];

describe("make test", () => {
  it("runs what needs no container first: static checks, unit tests, then those that wait", () => {
    const outcome = run([]);
    expect(names(outcome)[0]).toBe("setup");
    expect(names(outcome).slice(1, 4).sort()).toEqual(STATIC);
    expect(names(outcome).slice(4, 6)).toEqual(["unit", "slow"]);
    expect(names(outcome).slice(6).sort()).toEqual(["cloud", "docker e2e", "load"]);
    expect(names(outcome).filter((name) => ["load", "docker e2e"].includes(name))).toEqual([
      "load",
      "docker e2e",
    ]);
  });

  it("counts in its last line, and says before it which files were the slowest", () => {
    const { status, lines } = run([], { SKIPPED: "1" });
    expect(status).toBe(0);
    expect(lines.at(-1)).toBe("53 passed, 0 failed, 5 skipped");
    const begin = lines.indexOf("the slowest of 10 test files, in seconds:");
    const seconds = lines.slice(begin + 1, -2).map((line) => Number.parseFloat(line));
    expect(seconds).toHaveLength(10);
    expect(seconds).toEqual([...seconds].sort((a, b) => b - a));
    expect(lines.filter((line) => line.endsWith("1.0  unit   unit/long.test.ts"))).toHaveLength(1);
  });

  it("names the tests that failed, right before the last line", () => {
    const { lines } = run(["unit"], { FAILURES: '"first test", "other test"' });
    const begin = lines.indexOf("failed:");
    expect(lines.slice(begin + 1, begin + 3)).toEqual([
      "  cloud/short.test.ts › first test",
      "  cloud/short.test.ts › other test",
    ]);
    expect(lines.slice(begin, -1).at(-1)).toBe("");
    expect(lines.length - begin).toBe(5 * 2 + 3);
  });

  it.each(STATIC)("says at once what %s finds, runs all the rest, and fails", (name) => {
    const { status, lines, order } = run([], { FAILS: name });
    expect(status).toBe(1);
    const told = lines.indexOf(`wrong in ${name}`);
    expect(lines[told - 1]).toMatch(/^\[ +\d+ s\] FAIL /);
    expect(told).toBeLessThan(lines.findIndex((line) => line.endsWith("---- load tests")));
    expect(order.filter((line) => line.startsWith("jest "))).toHaveLength(5);
    expect(lines.at(-1)).toBe("52 passed, 1 failed");
  });

  it("counts a suite that ends without a result as a failure", () => {
    const { status, lines } = run([], { FAILS: "docker e2e" });
    expect(status).toBe(1);
    expect(lines).toContainEqual(
      expect.stringContaining("jest ended without a result for the docker e2e tests"),
    );
    expect(lines.at(-1)).toBe("43 passed, 1 failed");
  });

  it("lints every file anew, and has full counts with --long only", () => {
    expect(run(["--long"]).order).toContainEqual("eslint .");
    expect(run([]).order.filter((line) => line.startsWith("jest unit QUICK= LONG=1 "))).toHaveLength(1);
  });

  it("runs only the tests whose path matches when patterns are given", () => {
    const outcome = run(["assets/nginx"]);
    expect(names(outcome)).not.toContain("tsc");
    const suites = outcome.order.filter((line) => line.startsWith("jest "));
    expect(suites).toHaveLength(5);
    expect(suites.filter((line) => !line.includes("--testPathPatterns assets/nginx "))).toEqual([]);
  });
});

describe("make check", () => {
  it("runs the static checks and the unit tests only, neither of them with Docker's set-up", () => {
    const outcome = run(["--check"]);
    expect(names(outcome)[0]).toBe("packages");
    expect(names(outcome).slice(1, 4).sort()).toEqual(STATIC);
    expect(outcome.order.slice(4)).toEqual([expect.stringMatching(/^jest unit QUICK=1 LONG= /)]);
    expect(outcome.lines.at(-1)).toBe("13 passed, 0 failed");
  });

  it("keeps what the checkers have seen in .deployment/cache", () => {
    const { order } = run(["--check"]);
    const cached = order
      .filter((line) => line.includes("/.deployment/cache/"))
      .map((line) => line.split(" ")[0]);
    expect(cached.sort()).toEqual(STATIC);
  });

  it("leaves the types that take the longest to make test", () => {
    expect(run(["--check"]).order.join("\n")).toContain("tsc --noEmit --project tsconfig.check.json ");
    expect(run([]).order.join("\n")).toContain("tsc --noEmit --project tsconfig.json ");
  });

  describe("where python3 is a script that looks for the interpreter", () => {
    const shim = (script: string): Readonly<Record<string, string>> => {
      program("shims/python3", script);
      program("interpreter/python3", ":");
      return { PATH: `${join(project, "shims")}:${process.env["PATH"] ?? ""}` };
    };
    const found = (): string => relative(project, readFileSync(join(project, "python"), "utf8").trim());

    it("gives the tests the interpreter itself", () => {
      run(["--check"], shim(`echo ${join(project, "interpreter")}`));
      expect(found()).toBe("interpreter/python3");
    });

    it("leaves it to the tests to say that there is none", () => {
      expect(run(["--check"], shim("exit 127")).status).toBe(0);
      expect(found()).toBe("shims/python3");
    });
  });

  it("does not wait for a run of make test", () => {
    const held = spawnSync(
      "flock",
      [join(project, "django-deployment-test.lock"), join(project, "tools/test"), "--check"],
      { encoding: "utf8", timeout: 20_000, env: { PATH: process.env["PATH"], TMPDIR: project } },
    );
    expect(held.status).toBe(0);
  });

  it.each([...STATIC, "unit"])("fails when %s does", (name) => {
    expect(run(["--check"], { FAILS: name }).status).toBe(1);
  });
});
