import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { filesBelow, writeFolder } from "../../../synth/repository/written-files";

const FILES = [
  { path: "release", content: "#!/bin/sh\n", executable: true },
  { path: "lib/steps/plan.py", content: "STEPS = 1\n", executable: false },
];
const LONG_AGO = new Date(1_700_000_000_000);

let folder: string;
beforeEach(() => {
  folder = join(mkdtempSync(join(tmpdir(), "written-files-")), "deploy");
  writeFolder(FILES, folder);
});
afterEach(() => rmSync(dirname(folder), { recursive: true, force: true }));

function requireWhole(): void {
  expect(filesBelow(folder).sort()).toEqual(["lib/steps/plan.py", "release"]);
  for (const { path, content, executable } of FILES) {
    expect(readFileSync(join(folder, path), "utf8")).toBe(content);
    expect(statSync(join(folder, path)).mode & 0o7777).toBe(executable ? 0o755 : 0o644);
  }
}

describe("a folder that an earlier synth has written", () => {
  it("is left alone when nothing has changed", () => {
    for (const { path } of FILES) utimesSync(join(folder, path), LONG_AGO, LONG_AGO);

    writeFolder(FILES, folder);

    requireWhole();
    for (const { path } of FILES) expect(statSync(join(folder, path)).mtime).toEqual(LONG_AGO);
  });

  it.each<[string, () => void]>([
    ["a changed file", () => writeFileSync(join(folder, "release"), "#!/bin/no\n")],
    ["a changed mode", () => chmodSync(join(folder, "release"), 0o644)],
    ["a missing file", () => rmSync(join(folder, "release"))],
    ["a file that is no longer made", () => writeFileSync(join(folder, "lib", "old.py"), "")],
    ["a folder that is no longer made", () => mkdirSync(join(folder, "old", "steps"), { recursive: true })],
    [
      "a folder in the place of a file",
      () => {
        rmSync(join(folder, "release"));
        mkdirSync(join(folder, "release"));
      },
    ],
    [
      "a file in the place of a folder",
      () => {
        rmSync(join(folder, "lib"), { recursive: true });
        writeFileSync(join(folder, "lib"), "");
      },
    ],
    [
      "a link in the place of a file",
      () => {
        rmSync(join(folder, "release"));
        symlinkSync("lib/steps/plan.py", join(folder, "release"));
      },
    ],
  ])("is made whole again: %s", (_, change) => {
    change();

    writeFolder(FILES, folder);

    requireWhole();
    expect(statSync(join(folder, "old"), { throwIfNoEntry: false })).toBeUndefined();
  });
});
