import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { ROOT } from "./guestbook";

/** Folder of the programs from PyPI that `tools/NAME.txt` lists; installs them when they aren't there. */
export function pythonPrograms(name: "moto" | "checkov"): string {
  return execFileSync(join(ROOT, "tools", "python-programs"), [name], { encoding: "utf8" }).trim();
}
