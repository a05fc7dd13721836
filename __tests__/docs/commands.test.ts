import { readFileSync } from "node:fs";
import { join } from "node:path";
import { FAULTS } from "../../rehearsal/faults/faults";
import { ROOT } from "../support/guestbook";
import { repositoryFiles } from "../support/repository";

/** A command as a page writes it. */
interface Written {
  readonly page: string;
  readonly target: string;
  /** What stands behind the target: `ARGS="--import vol-…"`. */
  readonly words: string;
}

/** Of a list of elements: `make check` in a sentence, `make -s rehearse ARGS=--json`, a line of a shell. */
const COMMAND = /\bmake (?:-s )?([a-z][a-z-]*)((?: [A-Z]+=(?:"[^"]*"|[^\s`"]+))*)/g;

/** Only in code: "make sure" is no command. */
function writtenIn(page: string): Written[] {
  const text = readFileSync(join(ROOT, page), "utf8");
  const code = [...text.matchAll(/```\w*\n([^]*?)```|`([^`]+)`/g)].map(
    ([, block, span]) => block ?? span ?? "",
  );
  return code.flatMap((part) =>
    [...part.replace(/#.*/g, "").replace(/\s+/g, " ").matchAll(COMMAND)].map(
      ([, target = "", words = ""]) => ({ page, target, words }),
    ),
  );
}

const makefile = readFileSync(join(ROOT, "Makefile"), "utf8");

/** The recipe of each target. */
const TARGETS = new Map(
  [...makefile.matchAll(/^([a-z][a-z-]*):.*\n((?:\t.*\n?)*)/gm)].map(([, name = "", recipe = ""]) => [
    name,
    recipe,
  ]),
);

/** The options of each command of the program, and those of the programs of `tools/`. */
const OPTIONS = new Map(
  readFileSync(join(ROOT, "cli", "main.ts"), "utf8")
    .split(/\.command\(/)
    .slice(1)
    .map((text) => [/"([a-z-]+)"/.exec(text)?.[1] ?? "", text.match(/--[a-z-]+/g) ?? []]),
);

/** What a target takes behind `ARGS=`. */
function optionsOf(target: string): readonly string[] {
  const recipe = TARGETS.get(target) ?? "";
  const command = /\$\(CLI\) ([a-z-]+)/.exec(recipe)?.[1];
  if (command !== undefined) return OPTIONS.get(command) ?? [];
  const program = /@(tools\/\w+|bench\/\w+)/.exec(recipe)?.[1];
  return program === undefined ? [] : (readFileSync(join(ROOT, program), "utf8").match(/--[a-z-]+/g) ?? []);
}

const pages = repositoryFiles().filter((file) => file.endsWith(".md"));
const written = pages.flatMap(writtenIn);

it("the pages name commands, options and faults", () => {
  expect(written.length).toBeGreaterThan(100);
  expect(written.filter(({ words }) => words.includes("--")).length).toBeGreaterThan(20);
});

it("every command that a page names is a target of the Makefile", () =>
  expect(written.filter(({ target }) => !TARGETS.has(target))).toEqual([]));

it("every option that a page gives to a command is one of its options", () =>
  expect(
    written.filter(({ target, words }) =>
      (words.match(/--[a-z-]+/g) ?? []).some((option) => !optionsOf(target).includes(option)),
    ),
  ).toEqual([]));

it("every variable that a page gives to a command is read by it", () =>
  expect(
    written.filter(({ target, words }) =>
      (words.match(/\b[A-Z]+(?==)/g) ?? []).some(
        (name) => !(TARGETS.get(target) ?? "").includes(`$(${name})`),
      ),
    ),
  ).toEqual([]));

it("every fault that a page has rehearsed is one of the faults", () => {
  const named = written.flatMap(({ words }) =>
    (/FAULT=(\S+)/.exec(words)?.[1] ?? "").split(",").filter(Boolean),
  );
  expect(named.length).toBeGreaterThan(1);
  expect(named.filter((name) => !(name in FAULTS))).toEqual([]);
});

it("every command that make help shows is on a page", () => {
  const shown = [...makefile.matchAll(/^([a-z-]+):.*## /gm)].map(([, name = ""]) => name);
  const named = new Set(written.map(({ target }) => target));
  expect(shown.filter((name) => name !== "help" && !named.has(name))).toEqual([]);
});
