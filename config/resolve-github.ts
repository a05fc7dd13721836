import { type Problem, problems } from "./errors";
import type { GitHub } from "./github";
import type { ProjectFacts } from "./project";
import { type Sealed, sealedFor } from "./sealed";
import type { DeploymentSettings } from "./schema";

type GitHubSettings = NonNullable<DeploymentSettings["github"]>;

/**
 * Fills in what the project's files say, and what GitHub has said. Pure.
 *
 * @param sealed what `make seal` has kept; undefined: nothing yet
 */
export function resolveGitHub(
  settings: GitHubSettings,
  { hasTests }: Pick<ProjectFacts, "hasTests">,
  sealed: Sealed | undefined,
): GitHub {
  const [owner = "", repository = ""] = settings.repository.split("/");
  const { branch, environment, build, oidcProvider } = settings;
  // GitHub's names don't tell case apart.
  const reviewers = new Map(settings.reviewers.map((name) => [name.toLowerCase(), name]));
  const github: GitHub = {
    owner,
    repository,
    branch,
    environment,
    reviewers: [...reviewers.values()],
    build,
    tests: settings.tests ?? hasTests,
    oidcProvider,
  };
  return { ...github, oidcSubject: settings.oidcSubject ?? sealedFor(sealed, github)?.subject };
}

/** The section and the machine's need each other. */
export function gitHubProblems({ host, github }: DeploymentSettings): Problem[] {
  if (github && !host) return [problems.gitHubWithoutHost()];
  return !github && host?.ssh === "runner" ? [problems.runnerWithoutGitHub()] : [];
}
