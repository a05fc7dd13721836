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
  /** Whether the project's tests run before each release. */
  readonly tests: boolean;
  /** Whether GitHub's OIDC provider is made in the AWS account, or there already. */
  readonly oidcProvider: "create" | "existing";
  /** First part of the subject of GitHub's tokens; undefined: nobody has said it. */
  readonly oidcSubject?: string;
}

/** The repository as one writes it: `owner/name`. */
export function fullNameOf({ owner, repository }: Pick<GitHub, "owner" | "repository">): string {
  return `${owner}/${repository}`;
}
