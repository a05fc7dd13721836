import type { Project } from "../deployment";
import type { ProjectFolder } from "../project/folder";
import { staysBelow } from "../project/requirements";

/** The oldest gunicorn for which the worker of the image is tested. */
export const OLDEST_GUNICORN = 21;

/** Python's first minor version without the module that older ones import. */
const WITHOUT_PKG_RESOURCES = 12;

/** A gunicorn that the project asks for and that is older than {@link OLDEST_GUNICORN}. */
export interface OldGunicorn {
  /** For example `==20.1.0`. */
  readonly specifier: string;
  /** Whether it starts on the project's Python at all. */
  readonly starts: boolean;
}

/** What the project asks of gunicorn, when that is too old; undefined when it takes a newer one. */
export function oldGunicorn(
  { requirements, python }: Project,
  folder: ProjectFolder,
): OldGunicorn | undefined {
  const specifier = folder.specifier(requirements, "gunicorn");
  if (specifier === undefined || !staysBelow(specifier, OLDEST_GUNICORN)) return undefined;
  return { specifier, starts: Number(python.version.split(".")[1]) < WITHOUT_PKG_RESOURCES };
}
