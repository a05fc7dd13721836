import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

const PYTHON = resolve(__dirname, "../../assets/image/python");

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "liveness-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** What the program's expression is for each of several looks at the folder. */
function looks(count: number): boolean[] {
  const program = [
    "import json, sys, pathlib",
    "from deployment_liveness import ProcessLimit",
    "limit = ProcessLimit((pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[1]) / 'pids'))",
    "print(json.dumps([limit.check() for _ in range(int(sys.argv[2]))]))",
  ].join("\n");
  const env = { ...process.env, PYTHONPATH: PYTHON, PYTHONDONTWRITEBYTECODE: "1" };
  const printed = execFileSync("python3", ["-c", program, folder, String(count)], { env, encoding: "utf8" });
  return JSON.parse(printed) as boolean[];
}

function kernelSays(where: string, max: string, current: string): void {
  mkdirSync(join(folder, where), { recursive: true });
  writeFileSync(join(folder, where, "pids.max"), `${max}\n`);
  writeFileSync(join(folder, where, "pids.current"), `${current}\n`);
}

describe("a container's limit of processes", () => {
  it.each([
    ["version 2 of cgroups", ""],
    ["version 1 of cgroups", "pids"],
  ])("counts as reached at the second look in a row, by %s", (_version, where) => {
    kernelSays(where, "512", "511");
    expect(looks(4)).toEqual([false, true, true, true]);
  });

  it.each([
    ["half of it is taken", "512", "256"],
    ["there is none", "max", "99999"],
    ["the kernel's words are not understood", "512", "many"],
  ])("is not reached when %s", (_what, max, current) => {
    kernelSays("", max, current);
    expect(looks(4)).toEqual([false, false, false, false]);
  });

  it("is not reached where the kernel tells nothing", () => expect(looks(3)).toEqual([false, false, false]));
});
