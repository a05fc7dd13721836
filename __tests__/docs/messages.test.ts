import { readFileSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "../support/guestbook";

/** Where messages are written. */
const SOURCES = [
  "config/problems",
  "cli/problems",
  "cli/deploy",
  "cli/preflight",
  "application",
  "assets/image/python",
  "assets/secrets",
  "assets/deploy/runner",
  "assets/deploy/host/release_program",
  "assets/host",
];

/** What is filled into a text: in TypeScript and Python, and in a shell, whose braces may hold a whole function. */
const GAP = /\$?\{[^{}]*\}/g;
const GAP_OF_SHELL = /\$\{[^{}]*\}|\$\w+/g;

/** The texts of the program, with a gap where something is filled in. */
function messages(): string {
  const files = SOURCES.flatMap((folder) =>
    readdirSync(join(ROOT, folder), { recursive: true, encoding: "utf8" })
      .map((file) => join(ROOT, folder, file))
      .filter((file) => statSync(file).isFile()),
  );
  return files
    .map((file) => readFileSync(file, "utf8").replace(/\.(ts|py)$/.test(file) ? GAP : GAP_OF_SHELL, "…"))
    .join("\n")
    .replace(/\\"/g, '"');
}

/** The first column of the table below a heading: each message, and what of it is the same each time. */
function quoted(page: string, heading: string): [string, string[]][] {
  const [, section = ""] = readFileSync(join(ROOT, page), "utf8").split(`## ${heading}\n`);
  const rows =
    section
      .split("\n## ")[0]
      ?.split("\n")
      .filter((line) => line.startsWith("| `")) ?? [];
  return rows
    .flatMap((row) => [...(row.split(" | ")[0] ?? "").matchAll(/`([^`]+)`/g)].map(([, said = ""]) => said))
    .map((said) => [said, partsOf(said)]);
}

/** A message begins with a place, and "is" stands between that and what was found there. */
function partsOf(said: string): string[] {
  const parts = said.split(/…|✗ |"| is |stopped at /).map((part) => part.replace(/^is |[:,]/g, "").trim());
  return parts.filter((part) => part.length > 5);
}

const TABLES = [
  ["README.md", quoted("README.md", "When the first deploy fails"), 10],
  ["docs/pipeline.md", quoted("docs/pipeline.md", "When a run fails"), 8],
] as const;

it.each(TABLES)("%s has a table of messages to look at", (_page, table, least) => {
  expect(table.filter(([, parts]) => parts.length > 0).length).toBeGreaterThan(least);
});

it.each(TABLES.flatMap(([page, table]) => table.map(([said, parts]) => [page, said, parts] as const)))(
  "%s quotes what the program says: %s",
  (_page, _said, parts) => {
    const said = messages();
    expect(parts.filter((part) => !said.includes(part))).toEqual([]);
  },
);
