import { readFileSync } from "node:fs";
import { join } from "node:path";
import { commentsOf } from "./comments";
import { faultsOf } from "./faults";
import { folderDrawings } from "./folder-drawings";
import { referenceOf } from "./reference";
import { stackDrawings } from "./drawings";

/** What stands between one of these and the next {@link END} is made; the rest of the page is written by hand. */
const BEGIN = {
  folders: '<!-- made by "make docs" from the imports -->',
  stacks: '<!-- made by "make docs" from the synthesized stacks -->',
} as const;
const END = "<!-- end of what is made -->";

/**
 * The pages, or parts of pages, that are made from the program itself.
 *
 * @param root the program's own folder
 * @returns path relative to it → the whole page
 */
export function documentsOf(root: string): Map<string, string> {
  const architecture = readFileSync(join(root, "docs", "architecture.md"), "utf8");
  return new Map([
    ["docs/reference.md", referenceOf(commentsOf(join(root, "config", "schema")))],
    [
      "docs/architecture.md",
      withMadePart(
        withMadePart(architecture, BEGIN.folders, folderDrawings(root)),
        BEGIN.stacks,
        stackDrawings(root),
      ),
    ],
    ["docs/faults.md", faultsOf(root)],
  ]);
}

function withMadePart(page: string, begin: string, made: string): string {
  const [before, rest] = split(page, begin);
  const [, after] = split(rest, END);
  return `${before}${begin}\n\n${made}\n${END}${after}`;
}

function split(text: string, marker: string): [string, string] {
  const at = text.indexOf(marker);
  if (at < 0) throw new Error(`docs/architecture.md has no line ${marker}`);
  return [text.slice(0, at), text.slice(at + marker.length)];
}
