import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { pythonPackages } from "../support/python-packages";

const IMAGE = resolve(__dirname, "../../assets/image");

const whatIsTooNew = (files: readonly string[]): string =>
  execFileSync(join(pythonPackages(), "python3"), [join(__dirname, "support/old_python.py"), ...files], {
    encoding: "utf8",
  });

it("Python 3.8, the oldest that deployment.ts takes, can load all that the image brings", () => {
  const files = readdirSync(IMAGE, { recursive: true, encoding: "utf8" }).filter((file) =>
    file.endsWith(".py"),
  );
  expect(files.length).toBeGreaterThan(20);
  expect(whatIsTooNew(files.map((file) => join(IMAGE, file)))).toBe("");
});

it.each([
  ["Names = dict[str, int]\n", "1: dict[str, int]\n"],
  ["def f(a: dict[str, int]): pass\n", "1: dict[str, int]\n"],
  ["match 1:\n    case 1: pass\n", "Pattern matching is only supported in Python 3.10 and greater\n"],
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
