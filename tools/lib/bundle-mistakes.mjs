// What is wrong when a program can't be bundled or ends with an error, in the words of the other messages: the place,
// what was expected, what to do. Loaded only then.
import { appendFileSync, mkdirSync, readFileSync } from "node:fs";
import { SourceMap } from "node:module";
import { dirname, join, relative, resolve } from "node:path";

const DEPLOYMENT = "deployment.ts";
const EXAMPLE = 'export default defineDeployment({ project: { folder: "mysite" } });';
const IMPORT = 'import { defineDeployment } from "./config";';

/** Folders and files of the program itself: all others beside them are the user's. */
const OURS = new RegExp(
  "^(application|assets|bench|cli|config|constructs|docs|host|pipeline|rehearsal|stacks|synth|tools|__tests__)/|^main\\.ts$",
);

/** Most letters of a line that are shown. */
const LONGEST = 120;

/** Says one problem, as describeProblem in config/problems/problem.ts does. */
function said({ place, value, expected, fix, lines = [] }) {
  return [
    `✗ ${place} ${value === undefined ? "is missing" : `is ${value}`}`,
    `    expected: ${expected}`,
    `    to do:    ${fix}`,
    ...(lines.length > 0 ? ["    it said:", ...lines.map((line) => `      | ${line}`)] : []),
  ].join("\n");
}

/** What is wrong, from the error of a bundle that couldn't be made. */
export function mistakesOf(error, { root }) {
  if (!Array.isArray(error?.errors)) return machineTrouble(error, root);
  const messages = error.errors.map((one) => said(mistakeOf(one)));
  // Each file that imports a missing one complains.
  return [...new Set(messages)].join("\n");
}

/** One complaint of esbuild. */
function mistakeOf({ text, location }) {
  const missing = /^No matching export in "(.+)" for import "(.+)"$/.exec(text);
  if (missing?.[1] === DEPLOYMENT && missing[2] === "default") {
    return {
      place: DEPLOYMENT,
      value: "without a default export",
      expected: "a file that exports the deployment",
      fix: `write for example ${EXAMPLE}`,
    };
  }
  if (
    location?.file !== undefined &&
    OURS.test(location.file) &&
    /^Could not resolve "[./]*\/deployment"$/.test(text)
  ) {
    return {
      place: DEPLOYMENT,
      expected: `a file ${DEPLOYMENT} beside main.ts that says where the project is`,
      fix: `make it, with these two lines: ${IMPORT} ${EXAMPLE}`,
    };
  }
  const place = location === null ? "the program" : `${location.file}, line ${location.line}`;
  const common = { place, value: `wrong: ${text}`, lines: shownLine(location) };
  if (/^Could not resolve /.test(text)) {
    return { ...common, expected: "the name of a file or package that is there", fix: importFix(location) };
  }
  if (missing) {
    const offers = missing[1] === "config/index.ts" ? "defineDeployment" : "a name that the file exports";
    return { ...common, expected: offers, fix: importFix(location) };
  }
  if (/^Duplicate key /.test(text)) {
    return {
      ...common,
      expected: "each key once: the last one would silently win",
      fix: "make one of the two, or remove one",
    };
  }
  if (/^Top-level await /.test(text)) {
    return {
      ...common,
      value: "wrong: it waits (await)",
      expected: "values that are there at once",
      fix: "take await away; what has to be waited for can be written into a file, and that file be read: readFileSync",
    };
  }
  if (/^Could not read from file|^Cannot read file/.test(text)) {
    return {
      place: "a file of the program",
      value: `wrong: ${text}`,
      expected: "a file that you may read",
      fix: "correct its permissions: chmod u+r",
    };
  }
  return {
    ...common,
    expected: location?.file === DEPLOYMENT ? `TypeScript, for example ${EXAMPLE}` : "TypeScript",
    fix: "correct this line, or the end of the line before it (a comma, a bracket or a quote is often missing there)",
  };
}

function importFix(location) {
  return location?.file === DEPLOYMENT
    ? `correct it; the deployment needs only this one: ${IMPORT}`
    : "correct it";
}

/** The line of which esbuild complains, with a mark below the place. */
function shownLine(location) {
  if (location === null || location.lineText === undefined) return [];
  const { line, column, length, lineText } = location;
  const number = String(line);
  const mark = `${" ".repeat(column)}${"~".repeat(Math.max(1, length))}`;
  return [
    `${number} │ ${lineText.slice(0, LONGEST)}`,
    `${" ".repeat(number.length)} │ ${mark.slice(0, LONGEST)}`.trimEnd(),
  ];
}

/** What is wrong when the program has thrown. */
export function thrownBy(error, place) {
  const frames = framesOf(error, place);
  const own = frames.find(({ file }) => !file.startsWith("node_modules/") && !OURS.test(file));
  const message = oneLine(error instanceof Error ? `${error.name}: ${error.message}` : String(error));
  const inDeployment =
    own ?? (error instanceof Error || frames.length > 0 ? undefined : { file: DEPLOYMENT });
  if (inDeployment !== undefined) {
    const { file, line } = inDeployment;
    return said({
      place: line === undefined ? file : `${file}, line ${line}`,
      value: `a program that fails: ${message}`,
      expected: "a program that runs to its end and exports the deployment",
      fix: "correct this line, or what it calls",
      lines: line === undefined ? [] : sourceLine(join(place.root, file), line),
    });
  }
  if (error?.code !== undefined && error?.syscall !== undefined) return machineTrouble(error, place.root);
  const log = kept(place.root, error, frames);
  return [
    `✗ ${message}`,
    `    expected: none; it is a mistake of this program, not of ${DEPLOYMENT}`,
    `    to do:    ${log === undefined ? "type the command again" : `see ${log}, then type the command again`}`,
  ].join("\n");
}

/** A file that can't be written or read, or a program that isn't there. */
function machineTrouble(error, root) {
  const { code, path, message = String(error) } = error ?? {};
  const where = path === undefined ? "this folder" : relative(root, path) || path;
  if (code === "ENOSPC" || code === "EDQUOT") {
    return said({
      place: where,
      value: `on a full disk (${code})`,
      expected: "room for some megabytes",
      fix: "make room (df -h . shows how much there is), then type the command again",
    });
  }
  if (code === "EROFS" || code === "EACCES" || code === "EPERM") {
    return said({
      place: where,
      value: `not to be written (${code})`,
      expected: "a clone that you may write: the stacks, the state and the logs are kept in it",
      fix: "clone into a folder of your own, or correct its owner and mode (ls -ld .)",
    });
  }
  if (code === "ERR_MODULE_NOT_FOUND" || code === "MODULE_NOT_FOUND") {
    return said({
      place: "node_modules",
      value: `not complete: ${oneLine(message)}`,
      expected: "the packages of package-lock.json",
      fix: "type tools/packages, which installs them",
    });
  }
  return said({
    place: where,
    value: `wrong: ${oneLine(message)}`,
    expected: "a program that starts",
    fix: "type tools/packages, then the command again",
  });
}

/** Where an error came from, in the files as they were written; nothing when the map is of another bundle. */
function framesOf(error, { root, bundle, map, opening, endsWith }) {
  const stack = error instanceof Error ? (error.stack ?? "") : "";
  try {
    const kept = JSON.parse(readFileSync(map, "utf8"));
    if (!endsWith(readFileSync(bundle, "utf8"), kept.hash)) return [];
    const sources = new SourceMap(kept.map);
    return stack.split("\n").flatMap((text) => {
      const at = text.lastIndexOf(`${bundle}:`);
      const [, line, column] =
        (at === -1 ? null : /^(\d+):(\d+)/.exec(text.slice(at + bundle.length + 1))) ?? [];
      if (line === undefined) return [];
      const before = Number(line) === 1 ? opening : 0;
      const entry = sources.findEntry(Number(line) - 1, Number(column) - 1 - before);
      if (entry.originalSource === undefined) return [];
      const file = relative(root, resolve(dirname(bundle), entry.originalSource));
      return [{ file, line: entry.originalLine + 1 }];
    });
  } catch {
    return [];
  }
}

function sourceLine(path, line) {
  try {
    const text = readFileSync(path, "utf8").split("\n")[line - 1];
    return text === undefined ? [] : [`${line} │ ${text.slice(0, LONGEST).trimEnd()}`];
  } catch {
    return [];
  }
}

/** Keeps the whole of an error that nobody foresaw. @returns the file; undefined when it can't be written */
function kept(root, error, frames) {
  const file = join(".deployment", "log", "program-error.log");
  try {
    mkdirSync(dirname(join(root, file)), { recursive: true });
    const places = frames.map(({ file: source, line }) => `    at ${source}:${line}`).join("\n");
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
    appendFileSync(join(root, file), `${new Date().toISOString()}\n${text}\n${places}\n`);
    return file;
  } catch {
    return undefined;
  }
}

function oneLine(text) {
  const line = text.replace(/\s+/g, " ").trim();
  return line.length > 300 ? `${line.slice(0, 297)}...` : line;
}
