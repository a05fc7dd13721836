import type { Clone } from "./clone";

const FOLDER = "examples/guestbook/entries/management";

/** Gives the guestbook the command `manage.py NAME`. */
export function writeManagementCommand(clone: Clone, name: string, text: string): void {
  for (const folder of [FOLDER, `${FOLDER}/commands`]) clone.write(`${folder}/__init__.py`, "");
  clone.write(`${FOLDER}/commands/${name}.py`, text);
}
