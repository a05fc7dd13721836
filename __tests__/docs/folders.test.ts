import { posix } from "node:path";
import { FOLDERS, folderOf } from "../../docs/generator/folders";
import { type Import, importsOf, sourceFiles, upwardImports } from "../../docs/generator/imports";
import { ROOT } from "../support/guestbook";
import { repositoryFiles } from "../support/repository";

/** Files that a reader sees at a glance. */
const DOZEN = 12;

/** Folders that may have more, and why. */
const EXEMPT: Readonly<Record<string, string>> = {
  ".": "programs look for their settings there",
};

/** `a/b/c.ts` → `a/b`, `a`. */
function foldersAbove(file: string): string[] {
  const folder = posix.dirname(file);
  return folder === "." ? [] : [folder, ...foldersAbove(folder)];
}

const sources = sourceFiles(ROOT);
const imports = importsOf(ROOT, sources);
const text = ({ from, to }: Import): string => `${from} imports ${to}`;

const isCommand = (file: string): boolean => file.startsWith("cli/commands/");
const betweenCommands = (all: readonly Import[]): Import[] =>
  all.filter(({ from, to }) => isCommand(from) && isCommand(to));

/** Folder → its files, when it has too many. */
function fullFolders(files: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const file of files) {
    const folder = posix.dirname(file);
    counts[folder] = (counts[folder] ?? 0) + 1;
  }
  return Object.fromEntries(Object.entries(counts).filter(([, count]) => count > DOZEN));
}

describe("the folders of the program", () => {
  it("are all in the list, and the list names no other", () => {
    expect(sources.filter((file) => folderOf(file) === undefined)).toEqual([]);
    expect(FOLDERS.filter((folder) => !sources.some((file) => folderOf(file) === folder))).toEqual([]);
    expect(new Set(FOLDERS).size).toBe(FOLDERS.length);
  });

  it("import only from folders before them, so that no two need each other", () => {
    expect(imports.length).toBeGreaterThan(sources.length);
    expect(upwardImports(imports).map(text)).toEqual([]);
  });

  it("have no command that imports another one", () => {
    expect(sources.filter(isCommand).length).toBeGreaterThan(10);
    expect(betweenCommands(imports).map(text)).toEqual([]);
  });

  it("have a dozen files at most", () => {
    const files = repositoryFiles().filter((file) => !/^(__tests__|examples)\//.test(file));
    const full = fullFolders(files);
    expect(Object.keys(full).filter((folder) => !(folder in EXEMPT))).toEqual([]);
    // Who has become smaller is exempt no longer.
    expect(Object.keys(EXEMPT).filter((folder) => !(folder in full))).toEqual([]);
  });

  it("are those of the unit tests", () => {
    const files = repositoryFiles();
    const folders = new Set(files.flatMap(foldersAbove));
    const tested = files
      .filter((file) => /^__tests__\/.*(?<!docker|e2e|slow)\.test\.ts$/.test(file))
      .map((file) => posix.dirname(file).slice("__tests__/".length))
      // The injected faults are a program of their own.
      .filter((folder) => !folder.startsWith("faults/"));
    expect(tested.length).toBeGreaterThan(100);
    expect([...new Set(tested)].filter((folder) => !folders.has(folder))).toEqual([]);
  });
});

describe("what is looked for is found", () => {
  it("an import against the order, and one of a folder that is not in the list", () => {
    const wrong = [
      { from: "config/schema/web.ts", to: "config/load/index.ts" },
      { from: "application/model.ts", to: "stacks/local.ts" },
      { from: "cli/main.ts", to: "cli/unknown/file.ts" },
    ];
    const right = [
      { from: "config/load/index.ts", to: "config/schema/web.ts" },
      { from: "application/model.ts", to: "application/services/web.ts" },
    ];
    expect(upwardImports([...wrong, ...right])).toEqual(wrong);
  });

  it("imports of every kind", () => {
    const found = imports.map(text);
    expect(found).toContain("cli/main.ts imports deployment.ts");
    expect(found).toContain("cli/main.ts imports cli/commands/pipeline/rehearse.ts");
    expect(found).toContain("config/errors.ts imports config/problems/problem.ts");
    expect(found).toContain("config/github.ts imports config/project/index.ts");
  });

  it("a command that imports a command", () => {
    const wrong = { from: "cli/commands/local/down.ts", to: "cli/commands/local/up.ts" };
    expect(betweenCommands([wrong, { from: "cli/main.ts", to: wrong.to }])).toEqual([wrong]);
  });

  it("a folder of more than a dozen", () => {
    const files = Array.from({ length: DOZEN + 1 }, (_, index) => `a/b/${index}.ts`);
    expect(fullFolders([...files, "a/c.ts"])).toEqual({ "a/b": DOZEN + 1 });
  });
});
