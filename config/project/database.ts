import { readsOf, withImports } from "../python/environment-variables";
import type { PythonModule } from "../python/module";
import { nestingOf } from "../python/tokens";
import type { Statement } from "../python/tokens";

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

/** Reads the database settings of a module and of what it imports; the nearest module wins. */
export function databaseOf(settings: PythonModule): DatabaseFacts {
  const engines = new Set<string>();
  const variables: Partial<Record<DatabasePart, string>> = {};
  let urlVariable: string | undefined;
  let engineValue: string | undefined;
  for (const module of withImports(settings)) {
    for (const statement of module.statements) {
      urlVariable ??= urlVariableOf(statement, module);
      const { tokens } = statement;
      if (!tokens.some((token) => token.kind === "string" && token.text === "ENGINE")) continue;
      for (const token of tokens) if (isEngine(token.text)) engines.add(token.text);
      for (const part of PARTS) {
        const variable = variables[part] ?? variableOfPart(part, statement, module);
        if (variable !== undefined) variables[part] = variable;
        if (part === "ENGINE" && variable !== undefined) engineValue ??= engineValueOf(statement);
      }
    }
  }
  return { engines: [...engines], variables, engineValue, urlVariable };
}

/** A URL by name (`…DATABASE_URL`, `JAWSDB_URL` of Heroku) or by the call that takes one. */
function urlVariableOf(statement: Statement, module: PythonModule): string | undefined {
  return readsOf(statement, module)
    .filter(
      ({ at, name }) =>
        statement.tokens[at]?.text === "(" ||
        /(^|_)(DATABASE|DB|JAWSDB|CLEARDB_DATABASE|MYSQL)_URL$/.test(name),
    )
    .map(({ name }) => name)[0];
}

function isEngine(text: string): boolean {
  return (
    /^[\w.]+$/.test(text) &&
    /(^|\.)(backends\.\w+|mysql\.connector\.django)$/.test(text) &&
    !/cache|auth|template|mail|storage/.test(text)
  );
}

/** The first variable that is read in the value of a part. */
function variableOfPart(part: DatabasePart, statement: Statement, module: PythonModule): string | undefined {
  const [from, to] = rangeOfPart(part, statement);
  return readsOf(statement, module).find(({ at }) => at >= from && at < to)?.name;
}

/** A whole module's name, or the last word of one: `"django.db.backends." + env("DB", "sqlite3")`. */
function engineValueOf(statement: Statement): string {
  const value = statement.tokens.slice(...rangeOfPart("ENGINE", statement));
  const texts = value.filter(({ kind }) => kind === "string").map(({ text }) => text);
  const short = texts.some(
    (text) => text.endsWith(".") || /^(sqlite3?|postgres(ql)?|mysql|oracle)$/.test(text),
  );
  return short ? "mysql" : "django.db.backends.mysql";
}

/** Where the value of `"HOST":` begins and ends, at the next comma of its level. */
function rangeOfPart(part: DatabasePart, { tokens }: Statement): [number, number] {
  const key = tokens.findIndex(
    (token, index) => token.kind === "string" && token.text === part && tokens[index + 1]?.text === ":",
  );
  if (key === -1) return [0, 0];
  let depth = 0;
  const length = tokens.slice(key + 2).findIndex((token) => {
    depth += nestingOf(token);
    return depth < 0 || (depth === 0 && token.text === "," && token.kind === "operator");
  });
  return [key + 2, length === -1 ? tokens.length : key + 2 + length];
}
