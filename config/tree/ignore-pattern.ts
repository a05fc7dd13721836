import { posix } from "node:path";

/** One line of .dockerignore. */
export interface IgnoreRule {
  /** Regular expression of a whole path, in the words that JavaScript and PCRE (`grep -P`) share. */
  readonly source: string;
  /** The same, compiled. */
  readonly pattern: RegExp;
  /** An exception (`!`): what it fits belongs into the image after all. */
  readonly includes: boolean;
}

/**
 * Reads one line. Patterns of .dockerignore are those of Go's filepath.Match from the top of the context, with `**`
 * for any number of folders. (Those of .gitignore match at any depth: libraries for it don't fit.)
 *
 * @returns undefined for a line that fits nothing
 */
export function ignoreRule(line: string): IgnoreRule | undefined {
  const includes = line.startsWith("!");
  const path = posix.normalize(line.slice(includes ? 1 : 0).trim()).replace(/^\/+|\/+$/g, "");
  // "." and "..": the context itself can't be excluded.
  if (path === "" || path === "." || path.startsWith("..")) return undefined;
  const source = path.replace(/\*\*\/|\*\*|\*|\?|\[\^?[^\]]+\]|\\.|[\\^$.|+(){}[\]]/gu, translate);
  try {
    return { includes, source, pattern: new RegExp(`^${source}$`, "su") };
  } catch {
    return undefined; // a class such as [z-a]
  }
}

function translate(part: string): string {
  if (part === "**/") return "(?:.*/)?";
  if (part === "**") return ".*";
  if (part === "*") return "[^/]*";
  if (part === "?") return "[^/]";
  if (part.startsWith("[") && part.length > 1) return classOf(part);
  return literal(part.length > 1 ? part.slice(1) : part);
}

/** A class; a backslash or a bracket in it stands for itself. */
function classOf(part: string): string {
  const [, negated = "", body = ""] = /^\[(\^?)(.*)\]$/su.exec(part) ?? [];
  return `[${negated}${body.replace(/[\\[^]/gu, "\\$&")}]`;
}

function literal(character: string): string {
  return character.replace(/[\\^$.*+?()[\]{}|]/u, "\\$&");
}
