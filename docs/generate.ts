// usage: node tools/bundle.mjs docs/generate.ts   ("make docs")
import { readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { documentsOf } from "./generator/documents";

// Started in the program's own folder, as every command is.
const root = resolve(".");

for (const [file, text] of documentsOf(root)) {
  const path = join(root, file);
  if (readFileSync(path, "utf8") === text) continue;
  writeFileSync(path, text);
  process.stdout.write(`${file} is new\n`);
}
