import { readdirSync } from "node:fs";
import { join, posix } from "node:path";

import { isVirtualenv, readText } from "./tree";

/** Never in an image, whatever .dockerignore says: secrets, history, what others installed, local data. */
const ALWAYS = [
  "**/.env",
  "**/.env.*",
  "**/.git",
  "**/.hg",
  "**/.svn",
  "**/.venv",
  "**/node_modules",
  "**/__pycache__",
  "**/*.py[cod]",
  "**/.DS_Store",
  "**/*.sqlite3",
  "**/*.sqlite3-*",
  "**/*.sqlite",
  "**/.terraform",
  "**/*.tfstate",
  "**/*.tfstate.*",
  ".deployment",
  "cdktf.out",
];

/** Used when the project has no .dockerignore. */
const DEFAULTS = [
  "**/.coverage",
  "**/.idea",
  "**/.mypy_cache",
  "**/.pytest_cache",
  "**/.ruff_cache",
  "**/.tox",
  "**/.vscode",
  "**/*.log",
  "**/*.pem",
  "**/*.sql",
  "**/*.sql.gz",
  "**/id_ed25519",
  "**/id_rsa",
  ".dockerignore",
  ".github",
  ".gitlab-ci.yml",
  "Dockerfile*",
  "docker-compose*",
  "htmlcov",
];

interface Rule {
  readonly pattern: RegExp;
  readonly includes: boolean;
}

/** Which files of a project go into its image. */
export class IgnoreRules {
  private readonly always: readonly Rule[];
  private readonly chosen: readonly Rule[];

  /**
   * @param dockerignore text of the project's .dockerignore; undefined when there is none
   * @param more further patterns that are excluded whatever .dockerignore says
   */
  constructor(dockerignore: string | undefined, more: readonly string[] = []) {
    this.always = [...ALWAYS, ...more].map(ruleOf);
    this.chosen = (dockerignore === undefined ? DEFAULTS : linesOf(dockerignore)).map(ruleOf);
  }

  /** Whether a path below the project's folder stays out, as Docker decides it: the last rule that fits counts. */
  excludes(path: string): boolean {
    const paths = withFolders(path);
    if (this.always.some(({ pattern }) => paths.some((one) => pattern.test(one)))) return true;
    let excluded = false;
    for (const { pattern, includes } of this.chosen) {
      if (excluded === includes && paths.some((one) => pattern.test(one))) excluded = !includes;
    }
    return excluded;
  }

  /** Whether nothing below an excluded folder can be in the image, so that it needn't be read. */
  excludesAllBelow(path: string): boolean {
    if (this.always.some(({ pattern }) => withFolders(path).some((one) => pattern.test(one)))) return true;
    return this.excludes(path) && !this.chosen.some(({ includes }) => includes);
  }
}

/**
 * The rules of a project.
 * @param mounted folders of the project that are volumes in the container (media, collected static files)
 */
export function ignoreRulesOf(folder: string, mounted: readonly string[] = []): IgnoreRules {
  // A root outside the project has no files in it; the project itself can't be left out.
  const inside = mounted
    .map((path) => posix.normalize(path))
    .filter((path) => !/^(\.|\.\.\/.*|\/.*)$/.test(path));
  const patterns = inside.map((path) => `${path.replace(/[*?[\\]/g, "\\$&")}/**`);
  return new IgnoreRules(readText(join(folder, ".dockerignore")), patterns);
}

/**
 * The files that go into the image, as sorted paths below the project's folder; links included.
 *
 * @throws the error of the file system when a folder that belongs to the image can't be read
 */
export function filesForImage(folder: string, rules: IgnoreRules): string[] {
  const found: string[] = [];
  const visit = (path: string): void => {
    const entries = readdirSync(join(folder, path), { withFileTypes: true });
    if (path !== "." && isVirtualenv(entries)) return;
    for (const entry of entries) {
      const child = posix.join(path, entry.name);
      if (entry.isDirectory()) {
        if (!rules.excludesAllBelow(child)) visit(child);
      } else if ((entry.isFile() || entry.isSymbolicLink()) && !rules.excludes(child)) found.push(child);
    }
  };
  visit(".");
  return found.sort();
}

/** A path and the folders that it lies in: a rule for a folder holds for all below it. */
function withFolders(path: string): string[] {
  const parts = path.split("/");
  return parts.map((_part, index) => parts.slice(0, index + 1).join("/"));
}

function linesOf(text: string): string[] {
  const lines = text.split(/\r?\n/).map((line) => line.trim());
  return lines.filter((line) => line !== "" && !line.startsWith("#"));
}

/**
 * Patterns of .dockerignore are those of Go's filepath.Match from the top of the context, with `**`
 * for any number of folders. (Those of .gitignore match at any depth: libraries for it don't fit.)
 */
function ruleOf(line: string): Rule {
  const includes = line.startsWith("!");
  const path = posix.normalize(line.slice(includes ? 1 : 0).trim()).replace(/^\/+|\/+$/g, "");
  return { includes, pattern: patternOf(path) };
}

const MATCHES_NOTHING = /(?!)/;

function patternOf(path: string): RegExp {
  // "." and "..": the context itself can't be excluded.
  if (path === "" || path === "." || path.startsWith("..")) return MATCHES_NOTHING;
  const source = path.replace(/\*\*\/|\*\*|\*|\?|\[\^?[^\]]+\]|\\.|[\\^$.|+(){}[\]]/g, (part) => {
    if (part === "**/") return "(?:.*/)?";
    if (part === "**") return ".*";
    if (part === "*") return "[^/]*";
    if (part === "?") return "[^/]";
    if (part.startsWith("[") && part.length > 1) return part.replaceAll("\\", "\\\\");
    return part.startsWith("\\") && part.length > 1 ? part : `\\${part}`;
  });
  try {
    return new RegExp(`^${source}$`, "s");
  } catch {
    return MATCHES_NOTHING; // a class such as [z-a]
  }
}
