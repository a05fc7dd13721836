import { withImports } from "../../python/environment-variables";
import type { PythonModule } from "../../python/module";
import { statementsOf } from "../../python/tokens";
import type { Statement, Token } from "../../python/tokens";
import type { IgnoreRules } from "../../tree/ignore";
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
const SQL = new RegExp(
  [
    /\b(jsonb|tsvector|tsquery|hstore|citext|ltree|plpgsql|pg_\w+|\w+_id_seq|nextval|setval|bigserial|gin_trgm_ops)\b/,
    /\b(to_tsvector|gen_random_uuid|generate_series|timestamptz|ilike)\b|\bwith(out)?\s+time\s+zone\b/,
    /\b(create|drop)\s+(extension|materialized\s+view)\b|\bcreate\s+index\s+concurrently\b/,
    /\balter\s+column\s+\S+\s+type\b|\bcomment\s+on\s+(table|column)\b/,
    /\busing\s+(gin|gist|brin)\b|\bon\s+conflict\b|\bdistinct\s+on\s*\(|\bdo\s+\$\$|[\w'")\]]::\w+|\w\[\]/,
  ]
    .map(({ source }) => source)
    .join("|"),
  "i",
);

/** Texts and comments in SQL are no SQL. */
const NO_SQL = /--[^\n]*|'(?:[^']|'')*'/g;

/** A migration that asks for the database knows several. */
const ASKS = /\bvendor\b|\bsettings_dict\b|["']ENGINE["']/;

/** Code of tests is not in the way of a deployment. */
const TESTS = /(^|\/)(tests?\/|tests?_[^/]*\.py$|[^/]*_tests?\.py$|tests?\.py$|conftest\.py$)/;

/**
 * Where a project needs PostgreSQL: in the applications that its settings install, in imports, and in the SQL of
 * migrations. What is imported or executed only under a condition is left out: such code knows of other databases. So is
 * what no image holds.
 *
 * @param rules which files the image holds; asked only when something was found
 */
export function postgresqlUses(
  tree: ProjectTree,
  settings: PythonModule,
  rules: () => IgnoreRules,
): PostgresqlUse[] {
  const found = [...usesOfInstalled(settings), ...tree.pythonFiles.flatMap((file) => usesIn(tree, file))];
  if (found.length === 0) return [];
  const image = rules();
  return found.filter(({ file }) => !image.excludes(file));
}

/**
 * What INSTALLED_APPS is made of: the lists that it names, whatever they are called, and the lists that these name. A
 * condition around it is the project's own affair.
 */
function usesOfInstalled(settings: PythonModule): PostgresqlUse[] {
  const statements = withImports(settings).flatMap(({ file, statements: all }) =>
    all.filter(({ block }) => block === "always").map(({ tokens }) => ({ file, tokens })),
  );
  const names = new Set(["INSTALLED_APPS"]);
  const isMade = ({ tokens }: { readonly tokens: readonly Token[] }): boolean =>
    tokens[0]?.kind === "name" && names.has(tokens[0].text);
  for (let before = 0; before < names.size;) {
    before = names.size;
    for (const { tokens } of statements.filter(isMade))
      for (const { kind, text } of tokens) if (kind === "name") names.add(text);
  }
  return statements
    .filter(isMade)
    .flatMap(({ file, tokens }) =>
      tokens.flatMap((token) =>
        useOf(file, token.line, token.kind === "string" ? moduleOf(token.text) : undefined),
      ),
    );
}

function usesIn(tree: ProjectTree, file: string): PostgresqlUse[] {
  if (TESTS.test(file)) return [];
  const text = tree.text(file);
  if (text === undefined || !HINT.test(text)) return [];
  const statements = statementsOf(text);
  const uses = statements.flatMap((statement) => usesOfImport(file, statement));
  const inMigration = /(^|\/)migrations\//.test(file);
  return inMigration && !ASKS.test(text) ? [...uses, ...sqlUses(file, statements)] : uses;
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

/** The texts that a migration gives to `RunSQL(…)` and `execute(…)`, also by a name. */
function sqlUses(file: string, statements: readonly Statement[]): PostgresqlUse[] {
  const given = statements.map(({ tokens }) => tokens.slice(firstOfSql(tokens)));
  const names = new Set(given.flat().flatMap(({ kind, text }) => (kind === "name" ? [text] : [])));
  const named = statements.flatMap(({ tokens }) =>
    names.has(tokens[0]?.text ?? "") && tokens[1]?.text === "=" ? tokens.slice(2) : [],
  );
  const uses = [...named, ...given.flat()].flatMap((token) => {
    const word = token.kind === "string" ? SQL.exec(token.text.replace(NO_SQL, "''"))?.[0] : undefined;
    return useOf(file, token.line, word && `SQL of PostgreSQL (${word.replace(/\s+/g, " ")})`);
  });
  return uses.sort((one, other) => one.line - other.line);
}

/** Where the arguments of the statement's first call begin that runs SQL; its end when there is none. */
function firstOfSql(tokens: readonly Token[]): number {
  const at = tokens.findIndex(
    ({ kind, text }, index) =>
      kind === "name" && /^(RunSQL|execute)$/.test(text) && tokens[index + 1]?.text === "(",
  );
  return at === -1 ? tokens.length : at + 2;
}
