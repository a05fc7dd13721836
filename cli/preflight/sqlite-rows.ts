import { existsSync, statSync } from "node:fs";
import { join, relative } from "node:path";
import { run } from "../computer/process";

/** Milliseconds after which a file is taken for one that can't be counted. */
const PATIENCE = 10_000;

/**
 * Says that the rows of a sqlite file are not taken along; undefined when there is none, or nothing in it.
 *
 * @param file absolute path of what the project's settings name
 * @param project absolute path of the project's folder
 * @param count counts its rows; undefined when it can't
 */
export async function sqliteWarning(
  file: string | undefined,
  project: string,
  count: (file: string) => Promise<Counted | undefined>,
): Promise<string | undefined> {
  if (file === undefined || !existsSync(file) || statSync(file).size === 0) return undefined;
  const below = relative(project, file);
  const called = below.startsWith("../..") ? file : below;
  const counted = await count(file);
  if (counted?.rows === 0) return undefined;
  const holds =
    counted === undefined
      ? "could not be read here; if it holds anything, that is"
      : `holds ${counted.rows} row${counted.rows === 1 ? "" : "s"} in ${counted.tables} table${counted.tables === 1 ? "" : "s"}, which are`;
  return `the database ${called}, which the settings name, ${holds} not taken along: MariaDB begins empty. To take data along: python manage.py dumpdata --natural-foreign --natural-primary -e contenttypes -e auth.permission > data.json, then manage loaddata in the web container (docs/own-project.md)`;
}

/** What a database holds. */
export interface Counted {
  readonly tables: number;
  readonly rows: number;
}

/**
 * Counts by Python, which every machine with a Django project has; undefined when it can't.
 *
 * @param root absolute path of the program's own folder
 */
export async function countRows(file: string, root: string): Promise<Counted | undefined> {
  let kill = (): void => undefined;
  const timer = setTimeout(() => {
    kill();
  }, PATIENCE);
  try {
    const { status, stdout } = await run(
      "python3",
      ["-IS", join(root, "assets/local/sqlite_rows.py"), file],
      {
        onStart: (child) => {
          kill = (): void => {
            child.kill("SIGKILL");
          };
        },
      },
    );
    return status === 0 ? (JSON.parse(stdout) as Counted) : undefined;
  } catch {
    return undefined;
  } finally {
    clearTimeout(timer);
  }
}
