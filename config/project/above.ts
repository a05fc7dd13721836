import { existsSync } from "node:fs";
import { join } from "node:path";

/** Where a Django project keeps its manage.py, seen from its packages and from an app's folder in one of them. */
const NEAR = ["..", "../.."] as const;

/** The way up from a folder to the nearest one above that holds a file of this name; undefined when none is near. */
export function wayUpTo(file: string, folder: string): string | undefined {
  return NEAR.find((way) => existsSync(join(folder, way, file)));
}
