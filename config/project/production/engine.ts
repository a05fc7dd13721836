import { defaultDatabaseIn, valueIn, valuesOf } from "../../python/entries";
import { readsOf, withImports } from "../../python/environment-variables";
import type { PythonModule } from "../../python/module";
import type { Statement, Token } from "../../python/tokens";

/** A database engine that the settings name, and where. */
export interface NamedEngine {
  /** For example `django.db.backends.postgresql`. */
  readonly engine: string;
  /** The file, below the project's folder. */
  readonly file: string;
  readonly line: number;
  /** Whether it holds whatever else is said: an assignment to the engine alone, or the `engine=` of a URL. */
  readonly last: boolean;
}

/** Settings that have engines of another kind. */
const OTHERS = /HAYSTACK|CACHE|SEARCH|TEMPLATE/i;

/** Schemes of URLs of database servers that are not MariaDB. */
const SERVERS =
  /^(postgres|postgresql|postgis|pgsql|psql|timescale|cockroach|oracle|mssql|mssqlms|redshift)$/;

/** An engine's name among other texts: a dotted module. */
const ENGINE = /^\w+(\.\w+)+$/;

/** Every engine that the settings name for the database `default`, whatever it is called: packages have engines of their own. */
export function namedEngines(settings: PythonModule): NamedEngine[] {
  return withImports(settings).flatMap((module) =>
    module.statements
      .filter(({ tokens }) => !OTHERS.test(tokens[0]?.text ?? ""))
      .flatMap((statement) => [...urlsIn(statement, module), ...enginesIn(statement, module)]),
  );
}

/** `dj_database_url.parse("postgres://…")`, also when the URL has a name. */
function urlsIn(statement: Statement, module: PythonModule): NamedEngine[] {
  const { tokens } = statement;
  if (!(tokens[0]?.text ?? "").startsWith("DATABASE")) return [];
  const [from, to] = defaultDatabaseIn(statement);
  return tokens.slice(from, to).flatMap((token) => {
    const { text, variable } = valueIn(module, [token]);
    const scheme = /^(\w+):\/\/\S/.exec(text ?? "")?.[1] ?? "";
    return variable === undefined && SERVERS.test(scheme) ? [named(scheme, token, module)] : [];
  });
}

/** The engines that a statement names: `"ENGINE": "…"`, a name or an expression for one, `env.db(engine="…")`. */
export function enginesIn(statement: Statement, module: PythonModule): NamedEngine[] {
  const { tokens, block } = statement;
  const database = defaultDatabaseIn(statement);
  const keys = valuesOf("ENGINE", statement, database);
  const ofUrl = valuesOf("engine", statement, database).filter(() => tokens[0]?.text === "DATABASES");
  return [...keys, ...ofUrl].flatMap((part) => {
    const value = tokens.slice(...part);
    const reads = readsOf(statement, module).some(({ at }) => at >= part[0] && at < part[1]);
    const alone = tokens[0]?.text === "DATABASES" && part[1] === tokens.length && tokens[1]?.text === "[";
    const last = block === "always" && !reads && (alone || ofUrl.includes(part));
    // Alone in DATABASES it is an engine whatever it is called: djongo, ibm_db_django.
    const isAlone = value.length === 1 && tokens[0]?.text.startsWith("DATABASE");
    const isName = isAlone ? /^[\w.]+$/ : ENGINE;
    const literal = value.filter(({ kind, text }) => kind === "string" && isName.test(text));
    if (literal.length > 0) return literal.map((token) => named(token.text, token, module, last));
    const { text, variable } = valueIn(module, value);
    const [first] = value;
    // A variable that decides on the engine is told the right one.
    if (first === undefined || text === undefined || variable !== undefined || !ENGINE.test(text)) return [];
    return [named(text, first, module, last)];
  });
}

function named(engine: string, { line }: Token, { file }: PythonModule, last = false): NamedEngine {
  return { engine, file, line, last };
}

/** MariaDB's driver, under any of its names. */
export function isMysql(engine: string): boolean {
  return /mysql|mariadb/i.test(engine);
}

/** Made for one computer; such a project runs on any database that Django knows. */
export function isSqlite(engine: string): boolean {
  return /sqlite|spatialite/i.test(engine);
}

/**
 * The engine of another database server when the settings know no other way: no variable, no MySQL, no sqlite beside
 * it. A project like that may count on its database in more places than can be seen.
 *
 * @param fixed whether no variable decides on the engine, or on a URL that does
 */
export function foreignEngine(engines: readonly NamedEngine[], fixed: boolean): NamedEngine | undefined {
  const last = engines.filter((one) => one.last).at(-1);
  if (last !== undefined) return isForeign(last) ? last : undefined;
  return fixed && engines.every(isForeign) ? engines[0] : undefined;
}

function isForeign({ engine }: NamedEngine): boolean {
  return !isMysql(engine) && !isSqlite(engine);
}
