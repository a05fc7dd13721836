import type { Clone } from "../../e2e/support/clone";

const OPERATIONS = "examples/guestbook/config/operations.py";

/** Lets the guestbook's slow view sleep longer than the example allows. @param seconds at most */
export function letSlowViewsSleep(clone: Clone, seconds = 120): void {
  replace(clone, OPERATIONS, /^LONGEST_WAIT = \d+/m, `LONGEST_WAIT = ${seconds}`);
}

/** Changes a text in a file of the project, which must be there. */
export function replace(clone: Clone, file: string, found: RegExp | string, by: string): void {
  const text = clone.read(file);
  const changed = text.replace(found, by);
  if (changed === text) throw new Error(`${file} holds no ${String(found)}`);
  clone.write(file, changed);
}
