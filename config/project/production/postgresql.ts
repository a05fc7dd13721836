import { withImports } from "../../python/environment-variables";
import type { PythonModule } from "../../python/module";
import { statementsOf } from "../../python/tokens";
import type { Statement, Token } from "../../python/tokens";
import type { ProjectTree } from "../../tree/tree";

/** A place at which a project needs PostgreSQL. */
export interface PostgresqlUse {
  /** The file, below the project's folder. */
  readonly file: string;
  readonly line: number;
  /** What it is there: `django.contrib.postgres`, `SQL of PostgreSQL (jsonb)`. */
  readonly what: string;
}

/** Modules that work with PostgreSQL alone; with GIS, MariaDB lacks most of what models ask for. */
const MODULES = [
  "django.contrib.postgres",
  "django.contrib.gis",
  "django_tenants",
  "tenant_schemas",
  "psqlextra",
  "pgtrigger",
  "pghistory",
  "pgbulk",
  "pglock",
  "pgvector",
  "django_pgviews",
  "django_pg_zero_downtime_migrations",
  "timescale",
] as const;

/** A fast look before a file is split into tokens. */
const HINT = new RegExp(
  `${MODULES.join("|").replaceAll(".", "\\.")}|from\\s+django\\.contrib\\s+import|RunSQL|\\.execute\\(`,
);

/** Words that no other database knows, in SQL of a migration. */
const SQL =
  /\b(jsonb|tsvector|hstore|citext|plpgsql|pg_\w+|\w+_id_seq|nextval|setval|bigserial|gin_trgm_ops|to_tsvector|gen_random_uuid|timestamptz|ilike)\b|\b(create|drop)\s+extension\b|\busing\s+(gin|gist|brin)\b|\bon\s+conflict\b|\bcreate\s+index\s+concurrently\b|\w::(\w+)|\bwith(out)?\s+time\s+zone\b|\bdo\s+\$\$/i;

/** Code of tests is not in the way of a deployment. */
const TESTS = /(^|\/)(tests?\/|tests?_[^/]*\.py$|[^/]*_tests?\.py$|tests?\.py$|conftest\.py$)/;

/**
 * Where a project needs PostgreSQL: in the applications that its settings install, in imports, and in the SQL of
 * migrations. What is imported or executed only under a condition is left out: such code knows of other databases.
 */
export function postgresqlUses(tree: ProjectTree, settings: PythonModule): PostgresqlUse[] {
  const installed = withImports(settings).flatMap(({ file, statements }) =>
    statements
      .filter(isInstalled)
      .flatMap(({ tokens }) =>
        tokens.flatMap((token) =>
          useOf(file, token.line, token.kind === "string" ? moduleOf(token.text) : undefined),
        ),
      ),
  );
  return [...installed, ...tree.pythonFiles.flatMap((file) => usesIn(tree, file))];
}

/** `INSTALLED_APPS = […]`, `THIRD_PARTY_APPS += […]`; a condition around it is the project's own affair. */
function isInstalled({ tokens, block }: Statement): boolean {
  return block === "always" && (tokens[0]?.text ?? "").endsWith("APPS");
}

function usesIn(tree: ProjectTree, file: string): PostgresqlUse[] {
  if (TESTS.test(file)) return [];
  const text = tree.text(file);
  if (text === undefined || !HINT.test(text)) return [];
  const statements = statementsOf(text);
  const uses = statements.flatMap((statement) => usesOfImport(file, statement));
  const inMigration = /(^|\/)migrations\//.test(file);
  // One that asks for the vendor knows others.
  return inMigration && !/\bvendor\b/.test(text) ? [...uses, ...sqlUses(file, statements)] : uses;
}

/** `import x.y`, `from x.y import z`, `from x import y`. */
function usesOfImport(file: string, { tokens, block }: Statement): PostgresqlUse[] {
  const [first] = tokens;
  if (block !== "always" || first?.kind !== "name" || !/^(from|import)$/.test(first.text)) return [];
  const at = tokens.findIndex(({ text }) => text === "import");
  const dotted = tokens
    .slice(1, first.text === "from" ? at : undefined)
    .map(({ text }) => (text === "," ? " " : text))
    .join("");
  const names = first.text === "from" ? tokens.slice(at + 1).map(({ text }) => `${dotted}.${text}`) : [];
  const found = [...dotted.split(" "), ...names].map(moduleOf).find((module) => module !== undefined);
  return useOf(file, first.line, found);
}

function moduleOf(name: string): string | undefined {
  return MODULES.find((module) => name === module || name.startsWith(`${module}.`));
}

function useOf(file: string, line: number, what: string | undefined): PostgresqlUse[] {
  return what === undefined ? [] : [{ file, line, what }];
}

/** The texts that a migration gives to `RunSQL(…)` and `execute(…)`. */
function sqlUses(file: string, statements: readonly Statement[]): PostgresqlUse[] {
  return statements.flatMap(({ tokens }) =>
    tokens
      .filter((token, index) => token.kind === "string" && isSql(tokens, index))
      .flatMap((token) => {
        const word = SQL.exec(token.text)?.[0];
        return useOf(file, token.line, word && `SQL of PostgreSQL (${word.replace(/\s+/g, " ")})`);
      }),
  );
}

/** Whether the statement calls what runs SQL, before this token. */
function isSql(tokens: readonly Token[], index: number): boolean {
  return tokens
    .slice(0, index)
    .some(
      ({ kind, text }, at) =>
        kind === "name" && /^(RunSQL|execute)$/.test(text) && tokens[at + 1]?.text === "(",
    );
}
