import { createHash } from "node:crypto";
import { RepositoryFile } from "@cdktf/provider-github/lib/repository-file";
import { Fn, type ITerraformDependable } from "cdktf";
import { Construct } from "constructs";
import type { GitHub } from "../../config/github";

/** What GitHub starts no run for (docs.github.com, "Skipping workflow runs"). */
export const SKIP = "[skip ci]";

/** A file of the repository, and where Terraform reads it from. */
export interface SourceFile {
  /** Below the repository's root, with `/`. */
  readonly path: string;
  /** As seen from the stack's folder; UTF-8. */
  readonly source: string;
}

export interface RepositoryFilesProps {
  /** Name of the deployment. */
  readonly name: string;
  readonly github: GitHub;
  /** In the order in which they are committed. The last one must change whenever another one does. */
  readonly files: readonly SourceFile[];
  /** What a run needs: it must be there before the first commit. */
  readonly after: readonly ITerraformDependable[];
}

/**
 * Files in the application's repository. GitHub's API commits one at a time, so they come one after the other, and only
 * the last commit starts a run: one for all.
 */
export class RepositoryFiles extends Construct {
  public constructor(scope: Construct, id: string, { name, github, files, after }: RepositoryFilesProps) {
    super(scope, id);
    let before = after;
    for (const [index, { path, source }] of files.entries()) {
      const isLast = index === files.length - 1;
      before = [
        new RepositoryFile(this, idOf(path), {
          repository: github.repository,
          branch: github.branch,
          file: path,
          // Read by Terraform: in its own text, $ and % would mean something.
          content: Fn.file(source),
          commitMessage: `Deployment of ${name}: ${path}${isLast ? "" : ` ${SKIP}`}`,
          // What "make pipeline-files" has committed is taken over.
          overwriteOnCreate: true,
          dependsOn: [...before],
        }),
      ];
    }
  }
}

/** Stays the same as long as the path does, wherever in the list it is. */
function idOf(path: string): string {
  const hash = createHash("sha256").update(path).digest("hex").slice(0, 6);
  return `${path.replace(/[^A-Za-z0-9]+/g, "_").replace(/^_/, "")}_${hash}`;
}
