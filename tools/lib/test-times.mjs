// usage: node test-times.mjs FOLDER
// Prints the slowest test files, the slowest first, and every test that failed, from what tools/lib/test-reporter.mjs has
// left in FOLDER/SUITE.json.
import { readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";

const SHOWN = 15;

const folder = process.argv[2];
const files = readdirSync(folder)
  .filter((name) => name.endsWith(".json"))
  .flatMap((name) =>
    JSON.parse(readFileSync(join(folder, name), "utf8")).files.map((file) => ({
      ...file,
      suite: basename(name, ".json"),
    })),
  )
  .sort((a, b) => b.seconds - a.seconds);

if (files.length > 0) {
  console.log(`the slowest of ${files.length} test files, in seconds:`);
  for (const { seconds, suite, place } of files.slice(0, SHOWN)) {
    console.log(`${seconds.toFixed(1).padStart(8)}  ${suite.padEnd(6)} ${place}`);
  }
  console.log();
}

const failures = files.flatMap(({ place, failures = [] }) => failures.map((name) => `${place} › ${name}`));
if (failures.length > 0) {
  console.log("failed:");
  for (const failure of failures.sort()) console.log(`  ${failure}`);
  console.log();
}
