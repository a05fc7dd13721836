import { spawnSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { pythonPackages } from "../support/python-packages";

jest.setTimeout(120_000);

const IMAGE = resolve(__dirname, "../../assets/image/python");
const LONG = "a { color: red }\n".repeat(100);
const NAME = "css/a.css";

type Action =
  | readonly ["collect", string, string, string | null]
  | readonly ["delete", string]
  | readonly ["prune", string, number | null];

let source: string;
let root: string;
beforeEach(() => {
  const folder = mkdtempSync(join(tmpdir(), "static-"));
  [source, root] = [join(folder, "source"), join(folder, "root")];
  mkdirSync(source);
  mkdirSync(root);
});
afterEach(() => rmSync(dirname(source), { recursive: true }));

/** Does all of it; what came of each. */
function perform(actions: readonly Action[]): string[] {
  const program = join(__dirname, "support", "static_releases.py");
  const { status, stdout, stderr } = spawnSync(
    join(pythonPackages(), "python3"),
    [program, source, root, JSON.stringify(actions)],
    {
      env: { PATH: process.env["PATH"], PYTHONPATH: IMAGE, PYTHONDONTWRITEBYTECODE: "1" },
      encoding: "utf8",
    },
  );
  if (status !== 0) throw new Error(stdout + stderr);
  return JSON.parse(stdout) as string[];
}

const collect = (content: string, release: string | null = null, name = NAME): Action => [
  "collect",
  name,
  `${LONG}/* ${content} */`,
  release,
];
const prune = (kept = ""): Action => ["prune", kept, null];
const numbers = (count: number): number[] => Array.from({ length: count }, (_, index) => index);
const hashed = (said: readonly string[]): string[] => said.filter((one) => one.endsWith(".css"));

/** Whether nginx finds a file and its compressed copy. */
const there = (paths: readonly string[]): boolean[] =>
  paths.map((path) => existsSync(join(root, path)) && existsSync(join(root, `${path}.gz`)));

const size = (folder = root): number =>
  readdirSync(folder, { withFileTypes: true }).reduce((sum, entry) => {
    const path = join(folder, entry.name);
    return sum + (entry.isDirectory() ? size(path) : statSync(path).size);
  }, 0);

const manifest = (): Record<string, string> =>
  (JSON.parse(readFileSync(join(root, "staticfiles.json"), "utf8")) as { paths: Record<string, string> })
    .paths;

it("keeps the files of the last five releases that served, and does not grow from then on", () => {
  const begin = hashed(perform(numbers(5).flatMap((index) => [collect(`1${index}`), prune()])));
  const before = size();
  const end = hashed(perform(numbers(3).flatMap((index) => [collect(`2${index}`), prune()])));
  expect(there([...begin, ...end])).toEqual([false, false, false, true, true, true, true, true]);
  expect(size()).toBe(before);
  expect(perform([prune()])).toEqual(["migrate: no static file to remove"]);
});

it("lets no failed release push out one that served, and keeps what five of them have published", () => {
  const served = hashed(perform(numbers(3).flatMap((index) => [collect(`good ${index}`), prune()])));
  const failed = hashed(perform(numbers(7).map((index) => collect(`bad ${index}`))));
  const [last = "", said] = perform([collect("mended"), prune()]);
  expect(said).toBe("migrate: 2 static files removed that no release needs");
  expect(there([...served, last])).toEqual([true, true, true, true]);
  expect(there(failed)).toEqual([false, false, true, true, true, true, true]);
});

it("keeps what a host may go back to, however old, and the names of it", () => {
  const [old = "", , , ...made] = perform([
    collect("old", "R0", "css/old.css"),
    prune("R0"),
    ["delete", "css/old.css"],
    ...numbers(8).flatMap((index) => [collect(String(index), `R${index + 1}`), prune(`R${index + 1} R0 R2`)]),
  ]);
  const files = hashed(made);
  expect(there([old, ...files])).toEqual([true, false, true, false, true, true, true, true, true]);
  expect(manifest()).toEqual({ [NAME]: files[7], "css/old.css": old });
  // Nobody goes back to it any more.
  perform([prune("R8 R2")]);
  expect(there([old])).toEqual([false]);
  expect(manifest()).toEqual({ [NAME]: files[7] });
});

it("gives a name back to the release that serves, when what a later one has published goes", () => {
  const [serving = "", , failed = ""] = perform([
    collect("serves", "R0"),
    prune("R0"),
    collect("failed", "R1"),
    ["delete", NAME],
    ...numbers(5).map((index) => collect("other", `R${index + 2}`, `css/${index}.css`)),
  ]);
  expect(manifest()[NAME]).toBe(failed);
  perform([prune("R0")]);
  expect(there([failed, serving])).toEqual([false, true]);
  // Started again, it reads this manifest.
  expect(manifest()[NAME]).toBe(serving);
});

it("removes what releases that kept no list have left, once none of them is needed, and no file of anybody else", () => {
  const before = hashed(perform(numbers(3).map((index) => collect(`before ${index}`))));
  rmSync(join(root, ".releases"), { recursive: true });
  const others = ["robots.txt", "css/mine.0123456789ab.css"];
  for (const name of others) writeFileSync(join(root, name), "by hand");
  perform(numbers(6).flatMap((index) => [collect(`new ${index}`, `R${index}`), prune(`R${index} OLD`)]));
  expect(there(before)).toEqual([true, true, true]);
  perform([prune("R5 R4")]);
  expect(there(before)).toEqual([false, false, false]);
  expect(others.map((name) => existsSync(join(root, name)))).toEqual([true, true]);
});

it("can be cut off anywhere: nothing is missing that is needed, and the next run removes the rest", () => {
  const made = hashed(perform(numbers(9).map((index) => collect(String(index), `R${index}`))));
  const expected = [...Array<boolean>(3).fill(false), ...Array<boolean>(6).fill(true)];
  for (const count of numbers(8)) {
    perform([["prune", "R8", count]]);
    expect(there(made).slice(3)).toEqual(expected.slice(3));
    expect(manifest()).toEqual({ [NAME]: made[8] });
  }
  perform([prune("R8")]);
  expect(there(made)).toEqual(expected);
});

it("removes nothing when a list can't be read, and says which", () => {
  const made = hashed(perform(numbers(7).map((index) => collect(String(index), `R${index}`))));
  writeFileSync(join(root, ".releases", "R3.json"), "{");
  expect(perform([prune("R6")])).toEqual([
    expect.stringMatching(/R3\.json can't be read: .*\n {2}Remove it\./),
  ]);
  expect(there(made)).toEqual(Array(7).fill(true));
});

it("waits for whoever publishes", () => {
  perform([collect("1")]);
  const program = `import fcntl, subprocess, sys
lock = open(sys.argv[1] + "/.releases/lock", "w")
fcntl.flock(lock, fcntl.LOCK_EX)
code = "import sys, deployment_static_releases as r; r.prune_as_told(sys.argv[1], '')"
child = subprocess.Popen([sys.executable, "-c", code, sys.argv[1]], stdout=subprocess.PIPE)
try:
    child.wait(1)
except subprocess.TimeoutExpired:
    print("waits")
fcntl.flock(lock, fcntl.LOCK_UN)
child.communicate()
print(child.returncode)`;
  const { stdout } = spawnSync(join(pythonPackages(), "python3"), ["-c", program, root], {
    env: { PATH: process.env["PATH"], PYTHONPATH: IMAGE },
    encoding: "utf8",
  });
  expect(stdout).toBe("waits\n0\n");
});
