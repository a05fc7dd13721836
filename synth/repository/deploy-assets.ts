import { readFileSync, statSync } from "node:fs";
import { join, posix, sep } from "node:path";
import { DEFINITIONS } from "../../application/registry/definitions";
import type { PipelineFile } from "../../pipeline/pipeline-file";
import { filesBelow } from "./written-files";

/** Folders of `assets/` with the programs of a release, and what they are called in `deploy/`. */
const PROGRAMS: Readonly<Record<string, string>> = { "deploy/host": "host", "deploy/runner": "runner" };

/** Programs that a runner gives a host that was made without them (assets/deploy/runner/lib.sh, restrict-key). */
const GIVEN: Readonly<Record<string, string>> = {
  "host/door": "runner/door",
  "host/restrict-key": "runner/restrict-key.py",
};

/**
 * The files of `assets/` that go into `deploy/` as they are; paths below that folder, sorted.
 *
 * @param assets the folder `assets/`; absolute
 */
export function deployAssets(assets: string): PipelineFile[] {
  const own = DEFINITIONS.flatMap(({ assets: folders = [] }) => folders);
  const folders = [...own.map((folder) => [folder, folder] as const), ...Object.entries(PROGRAMS)];
  const files = folders.flatMap(([from, to]) => assetsIn(join(assets, from), to));
  const given = Object.entries(GIVEN).map(([from, path]) => ({
    path,
    content: readFileSync(join(assets, from), "utf8"),
    executable: true,
  }));
  return [...files, ...given].sort((a, b) => (a.path < b.path ? -1 : 1));
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
