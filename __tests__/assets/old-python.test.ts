import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { pythonPackages } from "../support/python-packages";

const ASSETS = resolve(__dirname, "../../assets");

const whatIsTooNew = (files: readonly string[]): string =>
  execFileSync(join(pythonPackages(), "python3"), [join(__dirname, "support/old_python.py"), ...files], {
    encoding: "utf8",
  });

/** What runs on the project's Python: the application's image, and the tasks on the image that it is built on. */
const FOLDERS = ["image", "secrets", "access"];

it("Python 3.8, the oldest that deployment.ts takes, can load all that its containers run", () => {
  const files = FOLDERS.flatMap((folder) =>
    readdirSync(join(ASSETS, folder), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name)),
  ).filter((file) => file.endsWith(".py") || /^#!.*python/.test(readFileSync(file, "utf8")));
  expect(files.length).toBeGreaterThan(30);
  expect(whatIsTooNew(files)).toBe("");
});

it.each([
  ["Names = dict[str, int]\n", "1: dict[str, int]\n"],
  ["def f(a: dict[str, int]): pass\n", "1: dict[str, int]\n"],
  ["match 1:\n    case 1: pass\n", "Pattern matching is only supported in Python 3.10 and greater\n"],
  ["def f(a: bytes | None): pass\n", "1: bytes | None\n"],
  ["a = 'ab'.removeprefix('a')\n", "1: 'ab'.removeprefix\n"],
  ["from __future__ import annotations\ndef f(a: dict[str, int]): pass\n", ""],
])("%j", (text, found) => {
  const folder = mkdtempSync(join(tmpdir(), "old-python-"));
  try {
    const file = join(folder, "a.py");
    writeFileSync(file, text);
    const said = whatIsTooNew([file]);
    if (found === "") expect(said).toBe("");
    else expect(said).toContain(found);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
