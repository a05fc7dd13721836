import type { ProjectTests } from "./project";

/** The application's repository on GitHub, complete and checked. */
export interface GitHub {
  /** Account or organization. */
  readonly owner: string;
  /** Name of the repository, without its owner. */
  readonly repository: string;
  /** Branch whose pushes go live. */
  readonly branch: string;
  /** Deployment environment that holds the secrets. */
  readonly environment: string;
  /** User names, each once; empty: nobody is asked. */
  readonly reviewers: readonly string[];
  /** Where the image is built. */
  readonly build: "host" | "runner";
  /** How the project's tests are run before each release; undefined: none are. */
  readonly tests?: ProjectTests;
  /** Whether GitHub's OIDC provider is made in the AWS account, or there already. */
  readonly oidcProvider: "create" | "existing";
  /** First part of the subject of GitHub's tokens; undefined: nobody has said it. */
  readonly oidcSubject?: string;
}

/** The repository as one writes it: `owner/name`. */
export function fullNameOf({ owner, repository }: Pick<GitHub, "owner" | "repository">): string {
  return `${owner}/${repository}`;
}
