import { posix } from "node:path";

import type { ProjectTree } from "../tree/tree";

/** One line of a requirements file. */
export interface Requirement {
  /** What stands behind the name, for example `==5.2.19`; empty for any version. */
  readonly specifier: string;
  /** The extras in brackets. */
  readonly extras: readonly string[];
}

/** What the project installs. */
export interface RequirementsFacts {
  /** The file for production, below the project's folder. */
  readonly file?: string;
  /** That file and all that it includes (`-r`, `-c`): what pip needs to see. */
  readonly files: readonly string[];
  /** Packages that it asks for, by normalized name. */
  readonly packages: ReadonlyMap<string, Requirement>;
  /** Files that say what to install in a way that pip's `-r` doesn't read, for example `uv.lock`. */
  readonly otherSources: readonly string[];
}

const OTHER_SOURCES = [
  "pyproject.toml",
  "uv.lock",
  "poetry.lock",
  "Pipfile",
  "Pipfile.lock",
  "pdm.lock",
  "environment.yml",
];

/** Deeper includes are a circle. */
const DEEPEST = 10;

/** Finds the requirements file for production and reads it with its includes. */
export function requirementsOf(tree: ProjectTree, pythonRoot: string): RequirementsFacts {
  const folders = pythonRoot === "." ? ["."] : [pythonRoot, "."];
  const candidates = folders.flatMap((folder) => candidatesIn(tree, folder));
  const file =
    candidates.find((candidate) => readRequirements(tree, candidate).packages.has("django")) ?? candidates[0];
  const read =
    file === undefined
      ? { files: [], packages: new Map<string, Requirement>() }
      : readRequirements(tree, file);
  const otherSources = OTHER_SOURCES.filter((name) => tree.has(name));
  return { file, ...read, otherSources };
}

/** Reads one requirements file with its includes; what can't be read is left out. */
export function readRequirements(
  tree: ProjectTree,
  file: string,
): Pick<RequirementsFacts, "files" | "packages"> {
  const files: string[] = [];
  const packages = new Map<string, Requirement>();
  const read = (path: string, depth: number): void => {
    const text = tree.text(path);
    if (text === undefined || files.includes(path) || path.startsWith("../") || depth > DEEPEST) return;
    files.push(path);
    for (const line of text.replace(/\\\r?\n/g, " ").split(/\r?\n/)) {
      const include = /^\s*(?:-r|-c|--requirement|--constraint)[\s=]*(\S+)/.exec(line);
      if (include?.[1] !== undefined) read(posix.join(posix.dirname(path), include[1]), depth + 1);
      const [, name, extras = "", rest = ""] =
        /^\s*([A-Za-z0-9][\w.-]*)\s*(?:\[([^\]]*)\])?([^#;]*)/.exec(line) ?? [];
      if (name === undefined) continue;
      const specifier = rest.replace(/\s--.*/, "").replace(/\s/g, "");
      packages.set(normalize(name), {
        specifier,
        extras: extras
          .split(",")
          .map((extra) => extra.trim())
          .filter(Boolean),
      });
    }
  };
  read(posix.normalize(file), 0);
  return { files, packages };
}

/** Whether a specifier such as `==20.1.0`, `~=20.0` or `<21` takes no version of this major number, and none above it. */
export function staysBelow(specifier: string, major: number): boolean {
  return specifier.split(",").some((clause) => {
    const [, operator, first, rest = ""] = /^(===?|~=|<=?)v?(\d+)((?:\.[\d*]+)*)/.exec(clause) ?? [];
    if (first === undefined) return false;
    const isStart = operator === "<" && Number(first) === major && /^(\.0)*$/.test(rest);
    return Number(first) < major || isStart;
  });
}

/** Package names are the same in any case and with any of `-`, `_` and `.` (PEP 503). */
function normalize(name: string): string {
  return name.toLowerCase().replace(/[-_.]+/g, "-");
}

/** Files of a folder that may be it, the best first: named for production, then plain, then base. */
function candidatesIn(tree: ProjectTree, folder: string): string[] {
  const rank = (path: string): number => {
    if (/dev|local|test|lint|doc|ci\b/i.test(posix.basename(path))) return -1;
    if (/prod/i.test(posix.basename(path))) return 0;
    if (posix.basename(path) === "requirements.txt") return 1;
    return /base|common/i.test(posix.basename(path)) ? 2 : 3;
  };
  return requirementsFilesIn(tree, folder, /^requirements?[\w.-]*\.txt$/i)
    .filter((path) => rank(path) >= 0)
    .sort((a, b) => rank(a) - rank(b));
}

/**
 * Requirements files of a folder: by their name, then all in its folder `requirements`.
 *
 * @param named what those beside are called
 */
export function requirementsFilesIn(tree: ProjectTree, folder: string, named: RegExp): string[] {
  const below = posix.join(folder, "requirements");
  return [
    ...tree
      .names(folder)
      .filter((name) => named.test(name))
      .map((name) => posix.join(folder, name)),
    ...tree
      .names(below)
      .filter((name) => name.endsWith(".txt"))
      .map((name) => posix.join(below, name)),
  ];
}
