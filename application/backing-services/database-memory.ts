import type { Deployment } from "../../config/deployment";

/**
 * MiB that MariaDB takes whatever it is asked: its program, dictionary, redo buffer and idle connections, and some for
 * files that the kernel writes for it.
 *
 * @source measured on MariaDB 11.8 under load: 45 to 60, and its redo buffer of 8
 */
const FIXED = 88;

/**
 * MiB of a connection that sorts and groups, beside its temporary table: sort, join and read buffers, stack, and what the
 * allocator keeps.
 *
 * @source measured on MariaDB 11.8: 4.9 with a temporary table of 1 and a sort buffer of 0.5
 */
const CONNECTION = 4;

/** MiB of a temporary table in memory; a larger one is written to disk. The most is MariaDB's own default. */
const TEMPORARY_TABLE = { least: 1, most: 16 } as const;

/** MiB that the pages of temporary tables on disk have. The most is MariaDB's own default. */
const TEMPORARY_PAGES = { least: 16, most: 128, share: 1 / 16 } as const;

/** Share of the memory that temporary tables of all connections may have, when it is roomy. */
const TEMPORARY_TABLES_SHARE = 1 / 3;

/** MiB of InnoDB's buffer pool with which a small site still works: twice that of its least. */
const LEAST_POOL = 64;

/** MiB of the largest statement, at least: a dump's rows. Four times MariaDB's own default. */
const LEAST_PACKET = 64;

/** MiB of the largest statement that MariaDB can take. */
const MOST_PACKET = 1024;

/**
 * Times its size that a statement with a large body takes: packet, statement, value and row.
 *
 * @source measured on MariaDB 11.8: 70 MiB of 17
 */
const STATEMENT = 4;

/** Largest bodies that may be stored in rows at once. */
const STATEMENTS = 2;

/** Most of the memory for such statements: most sites store bodies in files. */
const STATEMENTS_SHARE = 1 / 2;

/**
 * Large pieces of memory go back to the system as soon as they are free, and few threads have pieces of their own.
 * Without both, two statements of 17 MB at once, and one after the other, end a MariaDB of 464 MiB.
 */
export const ALLOCATOR = { MALLOC_MMAP_THRESHOLD_: "524288", MALLOC_ARENA_MAX: "4" } as const;

/** How MariaDB shares its container's memory, in MiB. */
interface DatabaseMemory {
  /** InnoDB's buffer pool: what all the others leave. */
  readonly pool: number;
  /** Temporary table of one connection. */
  readonly temporaryTable: number;
  /** Pages of all temporary tables on disk. */
  readonly temporaryPages: number;
}

/**
 * Shares the memory of MariaDB's container so that all connections may sort and group at once, or some store large bodies.
 *
 * @param memory limit of the container, MiB
 * @param connections that may work at once
 * @param bodySize largest request body, MiB
 */
export function databaseMemory(memory: number, connections: number, bodySize: number): DatabaseMemory {
  const temporaryPages = within(TEMPORARY_PAGES, memory * TEMPORARY_PAGES.share);
  const free = memory - FIXED - temporaryPages;
  const temporaryTable = within(TEMPORARY_TABLE, (free * TEMPORARY_TABLES_SHARE) / connections - CONNECTION);
  const statements = Math.min(STATEMENTS * STATEMENT * bodySize, free * STATEMENTS_SHARE);
  const left = free - Math.max(statements, connections * (temporaryTable + CONNECTION));
  return { pool: Math.max(LEAST_POOL, Math.floor(left / 16) * 16), temporaryTable, temporaryPages };
}

/**
 * Connections of web that may work at once: two releases overlap, and each thread may hold one. Processes and jobs have
 * few beside them, which are not counted: another one would be another MariaDB, which visitors wait for.
 */
export function workingConnections({ web }: Pick<Deployment, "web">): number {
  return 2 * web.workers * web.threads;
}

/**
 * MiB of the largest statement: the largest body whose every byte is escaped fits. Powers of two, so that hardly another
 * `bodySize` makes another MariaDB.
 */
export function largestStatement(bodySize: number): number {
  const power = 2 ** Math.ceil(Math.log2(2 * bodySize + 1));
  return Math.min(MOST_PACKET, Math.max(LEAST_PACKET, power));
}

function within({ least, most }: { readonly least: number; readonly most: number }, figure: number): number {
  return Math.min(most, Math.max(least, Math.floor(figure)));
}
