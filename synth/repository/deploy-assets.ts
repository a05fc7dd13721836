import { readFileSync, statSync } from "node:fs";
import { join, posix, sep } from "node:path";
import type { PipelineFile } from "../../pipeline/pipeline-file";
import { filesBelow } from "./written-files";

/** Folders of `assets/` that a release needs, and what they are called in `deploy/`. */
const FOLDERS: Readonly<Record<string, string>> = {
  image: "image",
  nginx: "nginx",
  secrets: "secrets",
  access: "access",
  "deploy/host": "host",
  "deploy/runner": "runner",
};

/**
 * The files of `assets/` that go into `deploy/` as they are; paths below that folder, sorted.
 *
 * @param assets the folder `assets/`; absolute
 */
export function deployAssets(assets: string): PipelineFile[] {
  const files = Object.entries(FOLDERS).flatMap(([from, to]) => assetsIn(join(assets, from), to));
  return files.sort((a, b) => (a.path < b.path ? -1 : 1));
}

function assetsIn(folder: string, name: string): PipelineFile[] {
  return filesBelow(folder).map((path) => {
    const file = join(folder, path);
    return {
      path: posix.join(name, ...path.split(sep)),
      content: readFileSync(file, "utf8"),
      executable: (statSync(file).mode & 0o100) !== 0,
    };
  });
}
