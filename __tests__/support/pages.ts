import { readFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "./guestbook";

/** The text of a page. @param path below the program's folder */
export function pageText(path: string): string {
  return readFileSync(join(ROOT, path), "utf8");
}

/** A page in one line, so that a sentence is found wherever its lines end. */
export function sentencesOf(path: string): string {
  return pageText(path).replace(/\s+/g, " ");
}

/** What stands below a heading, until the next one of the same rank. @throws when there is no such heading */
export function sectionOf(path: string, heading: string): string {
  const [, section] = pageText(path).split(`\n## ${heading}\n`);
  if (section === undefined) throw new Error(`${path} has no heading "${heading}"`);
  return section.split("\n## ")[0] ?? "";
}

/** The rows of the first table of a text, without its heading: the cells of each. */
export function rowsOf(text: string): string[][] {
  const lines = text.split("\n");
  const begin = lines.findIndex((line) => /^\| ?-/.test(line));
  const rest = lines.slice(begin + 1);
  const end = rest.findIndex((line) => !line.startsWith("|"));
  return rest.slice(0, end < 0 ? undefined : end).map((line) =>
    line
      .split("|")
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
}

/** The blocks of code in one language. */
export function blocksOf(path: string, language: string): string[] {
  const blocks = [...pageText(path).matchAll(/^( *)```(\w*)\n([^]*?)^ *```/gm)];
  return blocks.flatMap(([, indent = "", name, block = ""]) =>
    name === language ? [block.replace(new RegExp(`^${indent}`, "gm"), "")] : [],
  );
}

/** Words in the typeface of code. */
export function codeIn(text: string): string[] {
  return [...text.matchAll(/`([^`]+)`/g)].map(([, word = ""]) => word);
}

/** What a page says in one place. @throws when the sentence is not there any more: then its test goes, too */
export function saidIn(path: string, sentence: RegExp): readonly string[] {
  const found = sentence.exec(sentencesOf(path));
  if (!found) throw new Error(`${path} does not say ${sentence}`);
  return found.slice(1);
}
