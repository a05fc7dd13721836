import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, lstatSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "./guestbook";

/** Every file of the repository, those that are not committed yet too; relative to the program's folder. */
export function repositoryFiles(): string[] {
  const git = [
    "-c",
    `safe.directory=${ROOT}`,
    "-C",
    ROOT,
    "ls-files",
    "-z",
    "--cached",
    "--others",
    "--exclude-standard",
  ];
  const paths = new Set(execFileSync("git", git, { encoding: "utf8" }).split("\0"));
  return [...paths]
    .filter((path) => path !== "" && existsSync(join(ROOT, path)) && lstatSync(join(ROOT, path)).isFile())
    .sort();
}

/** The first line of a file. */
export function firstLine(path: string): string {
  return readFileSync(join(ROOT, path), "utf8").split("\n", 1)[0] ?? "";
}

/** Folder of the linters from PyPI; installs them and shellcheck when they aren't there. */
export function lintersFolder(): string {
  return execFileSync(join(ROOT, "tools", "linters"), { encoding: "utf8" }).trim();
}

/** Runs a linter in the program's folder; what it says, nothing when it is content. */
export function lint(program: string, ...args: string[]): string {
  const { status, stdout, stderr, error } = spawnSync(program, args, { cwd: ROOT, encoding: "utf8" });
  if (error) throw error;
  return status === 0 ? "" : `${stdout}${stderr}` || `${program} ended with status ${status ?? "none"}`;
}
