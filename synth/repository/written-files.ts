import { chmodSync, lstatSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import type { PipelineFile } from "../../pipeline/pipeline-file";

/**
 * Writes files below a folder, with modes that don't depend on the user's umask. A file that is there already is left
 * alone: most are, and a file is read sooner than written.
 */
export function writeFiles(files: readonly PipelineFile[], folder: string): void {
  for (const { path, content, executable } of files) {
    const file = join(folder, path);
    const mode = executable ? 0o755 : 0o644;
    if (isThere(file, content, mode)) continue;
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, content);
    chmodSync(file, mode);
  }
}

function isThere(file: string, content: string, mode: number): boolean {
  const status = lstatSync(file, { throwIfNoEntry: false });
  return (
    status?.isFile() === true && (status.mode & 0o7777) === mode && readFileSync(file, "utf8") === content
  );
}

/** Makes a folder hold these files and nothing else: a file of an earlier synth is none of this one. */
export function writeFolder(files: readonly PipelineFile[], folder: string): void {
  mkdirSync(folder, { recursive: true });
  const paths = files.map(({ path }) => join(folder, path));
  removeOthers(folder, new Set(paths), new Set(paths.flatMap((path) => parentsOf(path, folder))));
  writeFiles(files, folder);
}

function parentsOf(path: string, folder: string): string[] {
  const parent = dirname(path);
  return parent === folder ? [] : [parent, ...parentsOf(parent, folder)];
}

function removeOthers(folder: string, files: ReadonlySet<string>, folders: ReadonlySet<string>): void {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory() && folders.has(path)) removeOthers(path, files, folders);
    else if (!entry.isFile() || !files.has(path)) rmSync(path, { recursive: true });
  }
}

/** Every file below a folder, relative to it; what Python leaves behind isn't ours. */
export function filesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !entry.name.endsWith(".pyc"))
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)));
}
