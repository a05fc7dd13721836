import { readdirSync } from "node:fs";
import { join, posix } from "node:path";

import { DeploymentError } from "../problems/problem";
import { projectProblems } from "../problems/project";
import { type IgnoreRule, ignoreRule } from "./ignore-pattern";
import { isOurs } from "./pipeline-mark";
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

/** What the pipeline keeps in a project, and no image needs. */
export const PIPELINE_PATTERNS = ["deploy", ".github/workflows/deploy.yml"] as const;

/** Which files of a project go into its image. */
export class IgnoreRules {
  private readonly always: readonly IgnoreRule[];
  private readonly chosen: readonly IgnoreRule[];

  /**
   * @param dockerignore text of the project's .dockerignore; undefined when there is none
   * @param more further patterns that are excluded whatever .dockerignore says
   */
  constructor(dockerignore: string | undefined, more: readonly string[] = []) {
    const rulesOf = (lines: readonly string[]): IgnoreRule[] =>
      lines.flatMap((line) => ignoreRule(line) ?? []);
    this.always = rulesOf([...ALWAYS, ...more]);
    this.chosen = rulesOf(dockerignore === undefined ? DEFAULTS : linesOf(dockerignore));
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

  /**
   * The rules for another program (assets/deploy/runner/context): `-` or `+`, and the regular expression of a path or a
   * folder above it. The last one that fits decides; `-` leaves out.
   */
  rendered(): string[] {
    const always = this.always.map(({ source }) => `-${source}`);
    return [...this.chosen.map(({ includes, source }) => `${includes ? "+" : "-"}${source}`), ...always];
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
 * @param pipeline leave out what the pipeline keeps in the project. @default where it is there and ours
 */
export function ignoreRulesOf(
  folder: string,
  mounted: readonly string[] = [],
  pipeline?: "always",
): IgnoreRules {
  // A root outside the project has no files in it; the project itself can't be left out.
  const inside = mounted
    .map((path) => posix.normalize(path))
    .filter((path) => !/^(\.|\.\.\/.*|\/.*)$/.test(path));
  const patterns = inside.map((path) => `${path.replace(/[*?[\\]/g, "\\$&")}/**`);
  const ours = PIPELINE_PATTERNS.filter((path) => pipeline === "always" || isOurs(join(folder, path)));
  return new IgnoreRules(readText(join(folder, ".dockerignore")), [...patterns, ...ours]);
}

/**
 * The files that go into the image, as sorted paths below the project's folder; links included.
 *
 * @throws the error of the file system when a folder that belongs to the image can't be read
 * @throws {@link DeploymentError} when a name is not UTF-8
 */
export function filesForImage(folder: string, rules: IgnoreRules): string[] {
  const found: string[] = [];
  const visit = (path: string): void => {
    const entries = readdirSync(join(folder, path), { withFileTypes: true });
    if (path !== "." && isVirtualenv(entries)) return;
    for (const entry of entries) {
      const child = posix.join(path, entry.name);
      if (entry.name.includes("\uFFFD") && !rules.excludes(child)) requireDecodable(folder, path, entry.name);
      if (entry.isDirectory()) {
        if (!rules.excludesAllBelow(child)) visit(child);
      } else if ((entry.isFile() || entry.isSymbolicLink()) && !rules.excludes(child)) found.push(child);
    }
  };
  visit(".");
  return found.sort();
}

/** Node reads names as UTF-8 and puts a mark for what is none: under that name there is no such file. */
function requireDecodable(folder: string, path: string, name: string): void {
  const names = readdirSync(join(folder, path), { encoding: "buffer" });
  const bytes = names.find((one) => one.toString() === name && !Buffer.from(one.toString()).equals(one));
  if (bytes === undefined) return;
  const shown = [...bytes]
    .map((byte) =>
      byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : `\\x${byte.toString(16).padStart(2, "0")}`,
    )
    .join("");
  throw new DeploymentError([projectProblems.undecodableName(posix.join(path, shown))]);
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
