import type { Clone } from "../../e2e/support/clone";

const OPERATIONS = "examples/guestbook/config/operations.py";

/** What the slow view does first when it is asked to: more memory than web has; a loop in C that never ends. */
const HARM = `    act = request.GET.get("act")
    if act == "allocate":
        len(b"x" * (1 << 30))
    if act == "hold":
        sum(range(10**15))
    time.sleep(seconds)`;

/** Lets the guestbook's slow view sleep longer than the example allows, and do harm. @param seconds at most */
export function letSlowViewsHarm(clone: Clone, seconds = 120): void {
  replace(clone, OPERATIONS, /^LONGEST_WAIT = \d+/m, `LONGEST_WAIT = ${seconds}`);
  replace(clone, OPERATIONS, /^ {4}time\.sleep\(seconds\)$/m, HARM);
}

/** Changes a text in a file of the project, which must be there. */
export function replace(clone: Clone, file: string, found: RegExp | string, by: string): void {
  const text = clone.read(file);
  const changed = text.replace(found, by);
  if (changed === text) throw new Error(`${file} holds no ${String(found)}`);
  clone.write(file, changed);
}
