import { posix } from "node:path";
import { withImports } from "../../python/environment-variables";
import { evaluate } from "../../python/evaluator";
import type { PythonModule } from "../../python/module";
import { isEnvironmentCall } from "../../python/module";
import { nestingOf } from "../../python/tokens";
import type { Token } from "../../python/tokens";
import { isSqlite } from "./engine";

/**
 * The file of sqlite that `DATABASES` names, below the project's folder; undefined when there is none or it lies
 * elsewhere.
 *
 * @param mount the project's folder in the container, where the settings think to be
 * @param workingDirectory where Django is started there: a relative path is below it
 */
export function sqliteFileOf(
  settings: PythonModule,
  mount: string,
  workingDirectory: string,
): string | undefined {
  for (const { file, names, readers, statements } of withImports(settings)) {
    for (const { tokens } of statements) {
      if (!tokens.some(({ kind, text }) => kind === "string" && isSqlite(text))) continue;
      const value = valueOf(tokens, "NAME");
      const scope = {
        file: posix.join(mount, file),
        names,
        readsEnvironment: (callee: string) => isEnvironmentCall(callee) || readers.has(callee),
      };
      const { text } = value === undefined ? {} : evaluate(value, scope);
      if (text === undefined || text === "" || text === ":memory:") continue;
      const path = posix.relative(mount, posix.resolve(workingDirectory, text));
      if (!path.startsWith("..")) return path;
    }
  }
  return undefined;
}

/** The tokens between `"NAME":` and the next comma of its level. */
function valueOf(tokens: readonly Token[], key: string): readonly Token[] | undefined {
  const at = tokens.findIndex(
    ({ kind, text }, index) => kind === "string" && text === key && tokens[index + 1]?.text === ":",
  );
  if (at === -1) return undefined;
  let depth = 0;
  const length = tokens.slice(at + 2).findIndex((token) => {
    depth += nestingOf(token);
    return depth < 0 || (depth === 0 && token.text === ",");
  });
  return tokens.slice(at + 2, length === -1 ? undefined : at + 2 + length);
}
