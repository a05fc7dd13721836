// usage: node machine.mjs FILE KEY=VALUE…
// Sets keys (dots go deeper, an empty value removes) in the JSON file that says what this machine has.
import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";

const [file, ...assignments] = process.argv.slice(2);

function read() {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    if (error.code === "ENOENT") return "{}";
    throw error;
  }
}

const before = read();
const machine = JSON.parse(before);
for (const assignment of assignments) {
  const [, path, value] = /^([^=]+)=(.*)$/s.exec(assignment);
  const keys = path.split(".");
  const last = keys.pop();
  const holder = keys.reduce((object, key) => (object[key] ??= {}), machine);
  // What is undefined is left out of JSON.
  holder[last] = value === "" ? undefined : value;
}

const after = `${JSON.stringify(machine, null, 2)}\n`;
if (after !== before) {
  mkdirSync(dirname(file), { recursive: true });
  // A reader sees the old file or the new one, never half of one.
  const part = `${file}.${process.pid}.part`;
  writeFileSync(part, after);
  renameSync(part, file);
}
