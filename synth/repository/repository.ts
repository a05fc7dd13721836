import { existsSync } from "node:fs";
import { dirname, join, relative, sep } from "node:path";

/** Where a project lies in its repository. */
export interface RepositoryPlace {
  /** The repository's root; absolute. */
  readonly root: string;
  /** The project's folder below it, with `/`; `.` for the root itself. */
  readonly projectPath: string;
}

/**
 * Finds the repository of a project: the nearest folder above it that git keeps.
 *
 * @param folder the project's folder; absolute
 * @returns the folder itself where there is no git
 */
export function repositoryOf(folder: string): RepositoryPlace {
  for (let above = folder; ; above = dirname(above)) {
    // A worktree has a file of that name.
    if (existsSync(join(above, ".git"))) {
      return { root: above, projectPath: relative(above, folder).split(sep).join("/") || "." };
    }
    if (dirname(above) === above) return { root: folder, projectPath: "." };
  }
}
