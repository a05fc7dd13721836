import { posix } from "node:path";
import { defaultDatabaseIn, valueIn, valuesOf } from "../../python/entries";
import { withImports } from "../../python/environment-variables";
import type { PythonModule } from "../../python/module";
import type { Statement, Token } from "../../python/tokens";
import { isSqlite } from "./engine";

/** `sqlite:///below/the/working/directory` and `sqlite:////an/absolute/path`. */
const URL = /^(?:sqlite3?|spatialite):\/\/\/(.+)$/;

/**
 * The file of sqlite that `DATABASES` names, also in the URL that holds without a variable: below the project's folder,
 * above it by `../`, or an absolute path. Undefined when there is none.
 *
 * @param mount the project's folder in the container, where the settings think to be
 * @param workingDirectory where Django is started there: a relative path is below it
 */
export function sqliteFileOf(
  settings: PythonModule,
  mount: string,
  workingDirectory: string,
): string | undefined {
  for (const module of withImports(settings)) {
    for (const statement of module.statements) {
      const text = fileNamed(statement, module, mount);
      if (text === undefined || text === "" || text.includes(":memory:")) continue;
      const path = posix.resolve(workingDirectory, text);
      const below = posix.relative(mount, path);
      // A path beside the project comes from its own place, any other was written as it is.
      return !below.startsWith("..") || posix.dirname(path) === posix.dirname(mount) ? below : path;
    }
  }
  return undefined;
}

function fileNamed(statement: Statement, module: PythonModule, mount: string): string | undefined {
  const { tokens } = statement;
  const database = defaultDatabaseIn(statement);
  const [engine] = valuesOf("ENGINE", statement, database);
  if (engine === undefined) return urlIn(tokens.slice(...database), module, mount);
  const value = tokens.slice(...engine);
  const literal = value.some(({ kind, text }) => kind === "string" && isSqlite(text));
  if (!literal && !isSqlite(valueIn(module, value).text ?? "")) return undefined;
  const [name] = valuesOf("NAME", statement, database);
  return name && valueIn(module, tokens.slice(...name), mount).text;
}

/** `env.db(default="sqlite:///…")`, `dj_database_url.config(default=f"sqlite:///{BASE_DIR}/db.sqlite3")`. */
function urlIn(tokens: readonly Token[], module: PythonModule, mount: string): string | undefined {
  const at = tokens.findIndex(
    ({ kind, text }) => kind === "string" && /^(sqlite3?|spatialite):\/\//.test(text),
  );
  if (at === -1) return undefined;
  return URL.exec(valueIn(module, tokens.slice(at), mount).text ?? "")?.[1];
}
