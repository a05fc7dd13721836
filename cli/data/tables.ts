import { type Docker, linesOf } from "../docker/docker";

/** What is in a database. */
export interface Tables {
  /** Names of the databases in which the tables are. */
  readonly schemas: readonly string[];
  readonly tables: number;
  readonly rows: number;
  /** The rows were counted; otherwise it is MariaDB's own estimate. */
  readonly exact: boolean;
  readonly bytes: number;
  /** Time of the last write, seconds since 1970; 0 when MariaDB doesn't know it. */
  readonly newest: number;
}

/** The client as root; a password that doesn't fit, or a server that hangs, is an answer like any other. */
const CLIENT =
  'MYSQL_PWD="$(cat /run/secrets/database_root_password)" exec timeout 10 mariadb -uroot --connect-timeout=5 --batch --skip-column-names --raw -e "$1"';

/** InnoDB forgets the time of a write when it restarts; the file keeps it. */
const NEWEST_FILE = `cd /var/lib/mysql && find . -mindepth 2 -name '*.ibd' ! -path './mysql/*' -printf '%T@\\n' | sort -n | tail -n 1`;

const LIST = `SELECT table_schema, table_name, COALESCE(table_rows, 0), COALESCE(data_length + index_length, 0),
  COALESCE(UNIX_TIMESTAMP(update_time), 0)
  FROM information_schema.tables
  WHERE table_type = 'BASE TABLE' AND table_schema NOT IN ('mysql', 'sys', 'information_schema', 'performance_schema')`;

/** Seconds that counting may take on the server. */
const PATIENCE = 5;

/** Rows of a query, as root; undefined when the server doesn't answer. */
export async function queryAsRoot(
  docker: Docker,
  container: string,
  sql: string,
): Promise<string[] | undefined> {
  const { status, stdout } = await docker.try(["exec", container, "sh", "-c", CLIENT, "client", sql], {
    timeout: 20,
  });
  return status === 0 ? linesOf(stdout) : undefined;
}

/** Counts what is in a database that runs; undefined when it doesn't answer. */
export async function countTables(docker: Docker, container: string): Promise<Tables | undefined> {
  const listed = await queryAsRoot(docker, container, LIST);
  if (!listed) return undefined;
  const tables = listed.map((line) => {
    const [schema = "", table = "", rows, bytes, written] = line.split("\t");
    return { schema, table, rows: Number(rows), bytes: Number(bytes), written: Number(written) };
  });
  const sum = (of: (table: (typeof tables)[number]) => number): number =>
    tables.reduce((total, table) => total + of(table), 0);
  const [counted] =
    tables.length === 0 ? ["0"] : ((await queryAsRoot(docker, container, countOf(tables))) ?? []);
  const { stdout } = await docker.try(["exec", container, "sh", "-c", NEWEST_FILE], { timeout: 10 });
  const newestFile = Math.floor(Number(stdout.trim() || "0"));
  return {
    schemas: [...new Set(tables.map(({ schema }) => schema))],
    tables: tables.length,
    rows: counted === undefined ? sum(({ rows }) => rows) : Number(counted),
    exact: counted !== undefined,
    bytes: sum(({ bytes }) => bytes),
    newest: Math.max(newestFile, 0, ...tables.map(({ written }) => written)),
  };
}

function countOf(tables: readonly { readonly schema: string; readonly table: string }[]): string {
  const quoted = (name: string): string => `\`${name.replaceAll("`", "``")}\``;
  const counts = tables.map(
    ({ schema, table }) => `SELECT COUNT(*) n FROM ${quoted(schema)}.${quoted(table)}`,
  );
  return `SET STATEMENT max_statement_time=${PATIENCE} FOR SELECT SUM(n) FROM (${counts.join(" UNION ALL ")}) counts`;
}
