import { chmodSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import type { PipelineFile } from "../../pipeline/pipeline-file";

/** Writes files below a folder, with modes that don't depend on the user's umask. */
export function writeFiles(files: readonly PipelineFile[], folder: string): void {
  for (const { path, content, executable } of files) {
    const file = join(folder, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, content);
    chmodSync(file, executable ? 0o755 : 0o644);
  }
}

/** Every file below a folder, relative to it; what Python leaves behind isn't ours. */
export function filesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !entry.name.endsWith(".pyc"))
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)));
}
