import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync } from "node:fs";
import { join, resolve } from "node:path";

jest.setTimeout(600_000);

const ROOT = resolve(__dirname, "../..");

/** Of npm's package of Node, which is for one kind of processor each. */
const VERSION = "24.21.0";

/** Tests of what Node itself does for the program: bundles, child processes, files, synthesis. */
const PATTERNS = [
  "__tests__/synth/",
  "__tests__/tools/bundle",
  "__tests__/cli/computer/",
  "__tests__/config/tree/",
];

it(`the program's tests pass on Node ${VERSION}, too`, () => {
  const node = installed();
  expect(execFileSync(node, ["--version"], { encoding: "utf8" })).toBe(`v${VERSION}\n`);
  const { status, stderr } = spawnSync(
    node,
    [
      join(ROOT, "node_modules/jest/bin/jest.js"),
      "--selectProjects",
      "unit",
      "--runInBand",
      "--",
      ...PATTERNS,
    ],
    {
      cwd: ROOT,
      encoding: "utf8",
      env: { ...process.env, PATH: `${join(node, "..")}:${process.env["PATH"] ?? ""}` },
    },
  );
  expect(stderr).toMatch(/^Tests: +\d\d+ passed/m);
  expect(status).toBe(0);
});

/** The program, installed once. */
function installed(): string {
  const folder = join(ROOT, ".deployment/tests", `node-${VERSION}`);
  mkdirSync(folder, { recursive: true });
  const name = `node-linux-${process.arch}`;
  const script = `[ -e "$0/node_modules/$1/bin/node" ] || npm install --prefix "$0" --no-save --no-audit --no-fund --ignore-scripts "$1@$2"`;
  execFileSync("flock", [`${folder}.lock`, "sh", "-c", script, folder, name, VERSION], { stdio: "pipe" });
  return join(folder, "node_modules", name, "bin/node");
}
