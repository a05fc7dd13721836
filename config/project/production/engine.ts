import { withImports } from "../../python/environment-variables";
import type { PythonModule } from "../../python/module";
import type { Token } from "../../python/tokens";
import { nestingOf } from "../../python/tokens";

/** A database engine that the settings name, and where. */
export interface NamedEngine {
  /** For example `django.db.backends.postgresql`. */
  readonly engine: string;
  /** The file, below the project's folder. */
  readonly file: string;
  readonly line: number;
}

/** Settings that have engines of another kind. */
const OTHERS = /HAYSTACK|CACHE|SEARCH|TEMPLATE/i;

/** Every engine that the settings name for a database, whatever it is called: packages have engines of their own. */
export function namedEngines(settings: PythonModule): NamedEngine[] {
  return withImports(settings).flatMap(({ file, statements }) =>
    statements
      .filter(({ tokens }) => !OTHERS.test(tokens[0]?.text ?? ""))
      .flatMap(({ tokens }) =>
        tokens.flatMap((token, index) => {
          if (token.kind !== "string") return [];
          // `dj_database_url.parse("postgres://…")`
          const scheme = /^(\w+):\/\/\S/.exec(token.text)?.[1] ?? "";
          if ((tokens[0]?.text ?? "").startsWith("DATABASE") && SERVERS.test(scheme))
            return [named(scheme, token, file)];
          return token.text === "ENGINE"
            ? valuesAfter(tokens, index).map((one) => named(one.text, one, file))
            : [];
        }),
      ),
  );
}

/** Schemes of URLs of database servers that are not MariaDB. */
const SERVERS = /^(postgres|postgresql|postgis|pgsql|timescale|cockroach|oracle|mssql|mssqlms|redshift)$/;

function named(engine: string, { line }: Token, file: string): NamedEngine {
  return { engine, file, line };
}

/** The texts of the value that follows a key: `"ENGINE": env("E", "…"),` and `["ENGINE"] = "…"`. */
function valuesAfter(tokens: readonly Token[], key: number): Token[] {
  const found: Token[] = [];
  let depth = 0;
  for (const token of tokens.slice(tokens[key + 1]?.text === "]" ? key + 2 : key + 1)) {
    depth += nestingOf(token);
    if (depth < 0 || (depth === 0 && token.text === "," && token.kind === "operator")) break;
    if (token.kind === "string" && /^\w+(\.\w+)+$|^(mssql|django_cockroachdb)$/.test(token.text))
      found.push(token);
  }
  return found;
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
 */
export function foreignEngine(engines: readonly NamedEngine[]): NamedEngine | undefined {
  return engines.every(({ engine }) => !isMysql(engine) && !isSqlite(engine)) ? engines[0] : undefined;
}
