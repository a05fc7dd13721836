import { existsSync, readdirSync, statSync } from "node:fs";
import { homedir } from "node:os";
import { basename, dirname, join, relative, resolve } from "node:path";
import { nearest } from "../nearest";
import { wayUpTo } from "../project/above";

/**
 * The folder that was meant where there is none, relative to the root; undefined when nothing is like it.
 *
 * @param folder as the user wrote it
 * @param root folder of `deployment.ts`; absolute
 */
export function likelyFolder(folder: string, root: string): string | undefined {
  // No shell reads deployment.ts.
  const path = resolve(root, folder.replace(/^~(?=\/|$)/, homedir()));
  if (isFolder(path)) return path;
  const found = existsSync(path) ? folderOfFile(path) : neighbourOf(path);
  return found && (relative(root, found) || ".");
}

export function isFolder(path: string): boolean {
  return existsSync(path) && statSync(path).isDirectory();
}

/** The project that a file belongs to, else the folder that it lies in. */
function folderOfFile(path: string): string {
  const own = dirname(path);
  const above = existsSync(join(own, "manage.py")) ? "." : wayUpTo("manage.py", own);
  return join(own, above ?? ".");
}

/** A folder beside the missing one whose name is like it. */
function neighbourOf(path: string): string | undefined {
  const above = dirname(path);
  if (!isFolder(above)) return undefined;
  const folders = readdirSync(above, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  const name = nearest(
    basename(path),
    folders.map((entry) => entry.name),
  );
  return name && join(above, name);
}
