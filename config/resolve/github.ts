import { type Problem, problems } from "../errors";
import { type Sealed, sealedFor } from "../files/sealed";
import type { GitHub } from "../github";
import { DJANGO_TESTS, type ProjectFacts, type ProjectTests } from "../project";
import type { ProjectFolder } from "../project/folder";
import type { DeploymentSettings } from "../schema";

type GitHubSettings = NonNullable<DeploymentSettings["github"]>;

/**
 * Fills in what the project's files say, and what GitHub has said. Pure.
 *
 * @param sealed what `make seal` has kept; undefined: nothing yet
 */
export function resolveGitHub(
  settings: GitHubSettings,
  facts: Pick<ProjectFacts, "tests">,
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
    tests: chosenTests(settings, facts),
    oidcProvider,
  };
  return { ...github, oidcSubject: settings.oidcSubject ?? sealedFor(sealed, github)?.subject };
}

/** A command that is written is reason enough to run it; of what isn't written, the project decides. */
function chosenTests(
  { tests: wanted, testCommand, testRequirements }: GitHubSettings,
  { tests: found }: Pick<ProjectFacts, "tests">,
): ProjectTests | undefined {
  const command = testCommand ?? found?.command ?? (wanted === true ? DJANGO_TESTS.command : undefined);
  if (command === undefined || wanted === false) return undefined;
  return { command, requirements: testRequirements ?? found?.requirements };
}

/** The section and the machine's need each other. */
export function gitHubProblems({ host, github }: DeploymentSettings, folder: ProjectFolder): Problem[] {
  const requirements = github?.testRequirements;
  const missing = requirements !== undefined && folder.requirementsFiles(requirements).length === 0;
  return [
    ...(github && !host ? [problems.gitHubWithoutHost()] : []),
    ...(!github && host?.ssh === "runner" ? [problems.runnerWithoutGitHub()] : []),
    ...(missing ? [problems.noTestRequirements(requirements)] : []),
  ];
}
