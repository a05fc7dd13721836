import { readFileSync, readdirSync, statSync } from "node:fs";
import { join, relative } from "node:path";
import type { DeployFile } from "./deploy-folder";

/** Folders of assets/ that go with each release, and where they lie in `deploy/`. */
const FOLDERS: Readonly<Record<string, string>> = {
  "deploy/host": "host",
  image: "image",
  nginx: "nginx",
  secrets: "secrets",
};

/**
 * The files of assets/ that go with each release, as they are.
 *
 * @param root the program's own folder; absolute
 */
export function deployAssets(root: string): DeployFile[] {
  const assets = join(root, "assets");
  return Object.entries(FOLDERS).flatMap(([source, target]) =>
    filesBelow(join(assets, source)).map((file) => ({
      path: `${target}/${relative(join(assets, source), file)}`,
      content: readFileSync(file, "utf8"),
      executable: (statSync(file).mode & 0o100) !== 0,
    })),
  );
}

/** Every file below a folder, sorted; what Python leaves behind isn't ours. */
function filesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !entry.name.endsWith(".pyc"))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}
