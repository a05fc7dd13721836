// usage: node npm-current.mjs PROJECT
// Exit status 0 when node_modules holds what package-lock.json asks for, by npm's own record of what it installed:
// `npm ci` and `npm install` by hand count too, and a checkout that only touches the file costs nothing.
import { readFileSync } from "node:fs";
import { join } from "node:path";

const project = process.argv[2];

function packages(...path) {
  try {
    return JSON.parse(readFileSync(join(project, ...path), "utf8")).packages;
  } catch {
    return {};
  }
}

const wanted = packages("package-lock.json");
const installed = packages("node_modules", ".package-lock.json");
const current = Object.entries(wanted).every(([path, { version, integrity, optional }]) => {
  const found = installed[path];
  // Optional packages are for other platforms as well; the entry "" is the project itself.
  if (path === "" || (optional && found === undefined)) return true;
  return version === found?.version && integrity === found?.integrity;
});
process.exit(current ? 0 : 1);
