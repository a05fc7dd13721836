import { readFileSync, readdirSync } from "node:fs";
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
];

/** The texts of the program, with a gap where something is filled in. */
function messages(): string {
  const files = SOURCES.flatMap((folder) =>
    readdirSync(join(ROOT, folder), { recursive: true, encoding: "utf8" })
      .filter((file) => /\.(ts|py)$/.test(file))
      .map((file) => join(ROOT, folder, file)),
  );
  const text = files.map((file) => readFileSync(file, "utf8")).join("\n");
  return text.replace(/\$?\{[^{}]*\}/g, "…").replace(/\\"/g, '"');
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

const TABLE = quoted("README.md", "When the first deploy fails");

it("has a table to look at", () => {
  expect(TABLE.length).toBeGreaterThan(10);
});

it.each(TABLE)("the README quotes what the program says: %s", (_said, parts) => {
  const said = messages();
  expect(parts.filter((part) => !said.includes(part))).toEqual([]);
});
