import { existsSync, readFileSync, readdirSync, statSync } from "node:fs";
import { join, posix, relative, sep } from "node:path";
import type { PipelineFile } from "../pipeline/pipeline-file";

/** Folders of `assets/` that a release needs, and what they are called in `deploy/`. */
const FOLDERS: Readonly<Record<string, string>> = {
  image: "image",
  nginx: "nginx",
  secrets: "secrets",
  "deploy/host": "host",
  "deploy/runner": "runner",
};

/**
 * The files of `assets/` that go into `deploy/` as they are; paths below that folder, sorted.
 *
 * @param assets the folder `assets/`; absolute
 */
export function deployAssets(assets: string): PipelineFile[] {
  const files = Object.entries(FOLDERS).flatMap(([from, to]) => filesBelow(join(assets, from), to));
  return files.sort((a, b) => (a.path < b.path ? -1 : 1));
}

function filesBelow(folder: string, name: string): PipelineFile[] {
  if (!existsSync(folder)) return [];
  const found = readdirSync(folder, { recursive: true, withFileTypes: true });
  return found
    .filter((entry) => entry.isFile() && !entry.name.endsWith(".pyc"))
    .map((entry) => {
      const file = join(entry.parentPath, entry.name);
      return {
        path: posix.join(name, ...relative(folder, file).split(sep)),
        content: readFileSync(file, "utf8"),
        executable: (statSync(file).mode & 0o100) !== 0,
      };
    });
}
