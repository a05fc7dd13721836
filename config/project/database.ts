import { defaultDatabaseIn, valueIn, valuesOf } from "../python/entries";
import { readsOf, withImports } from "../python/environment-variables";
import type { PythonModule } from "../python/module";
import type { Statement, Token } from "../python/tokens";
import { enginesIn } from "./production/engine";

/** The parts of a Django database setting that our stack provides. */
export type DatabasePart = "ENGINE" | "NAME" | "USER" | "PASSWORD" | "HOST" | "PORT";

/** How the settings come by their database. */
export interface DatabaseFacts {
  /** The engines that are named, for example `django.db.backends.mysql`; none for a URL alone. */
  readonly engines: readonly string[];
  /** Which environment variable each part is read from, for example `DB_HOST`. */
  readonly variables: Readonly<Partial<Record<DatabasePart, string>>>;
  /** What the engine's variable must say for MariaDB; undefined without such a variable. */
  readonly engineValue?: string;
  /** The environment variable with a database URL (django-environ, dj-database-url). */
  readonly urlVariable?: string;
}

const PARTS: readonly DatabasePart[] = ["ENGINE", "NAME", "USER", "PASSWORD", "HOST", "PORT"];

/** Reads the settings of the database `default` in a module and in what it imports; the nearest module wins. */
export function databaseOf(settings: PythonModule): DatabaseFacts {
  const engines = new Set<string>();
  const variables: Partial<Record<DatabasePart, string>> = {};
  let urlVariable: string | undefined;
  let engineValue: string | undefined;
  for (const module of withImports(settings)) {
    for (const statement of module.statements) {
      urlVariable ??= urlVariableOf(statement, module);
      const [engine] = valuesOf("ENGINE", statement, defaultDatabaseIn(statement));
      if (engine === undefined) continue;
      for (const { engine: name } of enginesIn(statement, module)) if (isEngine(name)) engines.add(name);
      for (const part of PARTS) {
        const variable = variables[part] ?? variableOfPart(part, statement, module);
        if (variable !== undefined) variables[part] = variable;
        if (part === "ENGINE" && variable !== undefined)
          engineValue ??= engineValueOf(statement.tokens.slice(...engine));
      }
    }
  }
  return { engines: [...engines], variables, engineValue, urlVariable };
}

/** A URL by name (`…DATABASE_URL`, `JAWSDB_URL` of Heroku) or by the call that takes one. */
function urlVariableOf(statement: Statement, module: PythonModule): string | undefined {
  const { tokens } = statement;
  const reads = readsOf(statement, module);
  const [from, to] = defaultDatabaseIn(statement);
  const read = reads.find(
    ({ at, name }) =>
      at >= from &&
      at < to &&
      (tokens[at]?.text === "(" || /(^|_)(DATABASE|DB|JAWSDB|CLEARDB_DATABASE|MYSQL)_URL$/.test(name)),
  );
  return read?.name ?? parsedVariable(tokens.slice(from, to), module);
}

/** The variable in `dj_database_url.parse(…)`, whatever it is called. */
function parsedVariable(tokens: readonly Token[], module: PythonModule): string | undefined {
  const at = tokens.findIndex(
    ({ text }, index) =>
      (text === "db_url_config" || (text === "parse" && tokens[index - 2]?.text === "dj_database_url")) &&
      tokens[index + 1]?.text === "(",
  );
  return at === -1 ? undefined : valueIn(module, tokens.slice(at + 2)).variable;
}

function isEngine(text: string): boolean {
  return (
    /(^|\.)(backends\.\w+|mysql\.connector\.django)$/.test(text) &&
    !/cache|auth|template|mail|storage/.test(text)
  );
}

/** The variable that the value of a part is read from. */
function variableOfPart(part: DatabasePart, statement: Statement, module: PythonModule): string | undefined {
  const [value] = valuesOf(part, statement, defaultDatabaseIn(statement));
  if (value === undefined) return undefined;
  const [from, to] = value;
  const read = readsOf(statement, module).find(({ at }) => at >= from && at < to)?.name;
  return read ?? valueIn(module, statement.tokens.slice(from, to)).variable;
}

/** A whole module's name, or the last word of one: `"django.db.backends." + env("DB", "sqlite3")`. */
function engineValueOf(value: readonly Token[]): string {
  const texts = value.filter(({ kind }) => kind === "string").map(({ text }) => text);
  const short = texts.some(
    (text) => text.endsWith(".") || /^(sqlite3?|postgres(ql)?|mysql|oracle)$/.test(text),
  );
  return short ? "mysql" : "django.db.backends.mysql";
}
