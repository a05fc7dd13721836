import { type Problem, showValue } from "./problem";

/** What is wrong with the section `github`, or the secrets that belong to it. */
export const gitHubProblems = {
  noGitHub: (): Problem => ({
    place: "github",
    value: "missing in deployment.ts",
    expected: "the section that names the repository whose pushes go live, beside host",
    fix: 'write for example github: { repository: "owner/name" }',
  }),

  gitHubWithoutHost: (): Problem => ({
    place: "github",
    value: "there without a host section",
    expected: "a machine to which a push is deployed",
    fix: 'write for example host: { region: "eu-central-1" }, or leave out github',
  }),

  runnerWithoutGitHub: (): Problem => ({
    place: "host.ssh",
    value: '"runner", but there is no github section',
    expected: '"nobody", "anywhere" or a list of networks',
    fix: 'remove the line, or write github: { repository: "owner/name" }',
  }),

  noTestRequirements: (file: string): Problem => ({
    place: "github.testRequirements",
    value: `${showValue(file)}, which is not in the project`,
    expected: "a requirements file of pip, relative to the project",
    fix: "correct the path, or remove the line",
  }),

  notSealed: (file: string, repository: string, environment: string): Problem => ({
    place: file,
    value: `without the secrets of ${repository} (environment ${environment})`,
    expected: "the secrets, sealed for GitHub",
    fix: 'type "make seal", which needs GITHUB_TOKEN; without GitHub "make up" and "make host" work as they are',
  }),

  staleSecret: (file: string, name: string): Problem => ({
    place: `${name} in ${file}`,
    value: "another than the one that is there now",
    expected: name === "KEY" ? "the key that opens the machine" : "the project's .env as it is",
    fix: 'type "make seal", which seals anew what has changed',
  }),
} as const;
