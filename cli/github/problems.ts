import type { Problem } from "../../config/errors";

/** What the token must be allowed, for those who make a fine-grained one (docs.github.com, "Permissions required"). */
const RIGHTS = "contents, workflows, environments, secrets, variables and administration: read and write";

/** What can be wrong with GitHub, the token and what is sealed; the third part of the catalogue. */
export const githubProblems = {
  noToken: (): Problem => ({
    place: "GITHUB_TOKEN",
    expected: "a token of GitHub in the environment",
    fix: 'export GITHUB_TOKEN=$(gh auth token), or make one (docs/pipeline.md); without one: "make pipeline-files"',
  }),

  refusedToken: (said: string): Problem => ({
    place: "GITHUB_TOKEN",
    value: `refused by GitHub (${said})`,
    expected: "a token that is valid",
    fix: "make a new one: github.com/settings/personal-access-tokens, or gh auth login",
  }),

  /** @param what it was asked for */
  denied: (repository: string, what: string, said: string): Problem => ({
    place: "GITHUB_TOKEN",
    value: `without the right to ${what} of ${repository} (${said})`,
    expected: `a token with these rights on it: ${RIGHTS}`,
    fix: 'give it those, or have an administrator of the repository run this; without: "make pipeline-files"',
  }),

  rateLimited: (until: string): Problem => ({
    place: "GitHub",
    value: `at the limit of what the token may ask in an hour`,
    expected: "a few requests",
    fix: `try again ${until}`,
  }),

  noRepository: (repository: string): Problem => ({
    place: "github.repository",
    value: `"${repository}", which doesn't exist or which the token can't see`,
    expected: "a repository of GitHub as owner/name",
    fix: `correct the name, make it (gh repo create ${repository} --private), or give the token the right to it`,
  }),

  otherName: (repository: string, actual: string): Problem => ({
    place: "github.repository",
    value: `"${repository}", and GitHub calls it "${actual}"`,
    expected: "the same letters: AWS compares them one by one",
    fix: `write repository: "${actual}"`,
  }),

  noBranch: (repository: string, branch: string): Problem => ({
    place: "github.branch",
    value: `"${branch}", which ${repository} doesn't have`,
    expected: "a branch that is there",
    fix: `push it first: git push origin ${branch}`,
  }),

  noEnvironments: (repository: string, said: string): Problem => ({
    place: "github.environment",
    value: `nothing that ${repository} can have (${said})`,
    expected: "a public repository, or a plan of GitHub with environments for private ones",
    fix: "make the repository public, or upgrade (docs.github.com, GitHub's plans)",
  }),

  customSubject: (repository: string): Problem => ({
    place: "github.oidcSubject",
    value: `changed: ${repository} has a template of its own for it`,
    expected: "the template that GitHub has by itself, which names the environment",
    fix: `gh api -X PUT repos/${repository}/actions/oidc/customization/sub -F use_default=true`,
  }),

  otherKey: (file: string): Problem => ({
    place: file,
    value: "another key than its .pub says",
    expected: "the private half of the key that opens the machine",
    fix: `put the right one there, or make its public half anew: ssh-keygen -y -f ${file} > ${file}.pub`,
  }),

  largeSecret: (file: string, size: number, largest: number): Problem => ({
    place: file,
    value: `${size} bytes`,
    expected: `at most ${largest}: GitHub takes no larger secret`,
    fix: "move what is no secret into project.environment, and large values into files",
  }),

  unreachable: (api: string, reason: string): Problem => ({
    place: api,
    value: `not reachable (${reason})`,
    expected: "an answer of GitHub's API",
    fix: "try again; www.githubstatus.com says whether it is GitHub",
  }),

  unexpected: (what: string, said: string): Problem => ({
    place: "GitHub",
    value: `without an answer to "${what}" that is of use: ${said}`,
    expected: "what its API describes",
    fix: "try again; if it stays so, please report it",
  }),

  noProvider: (said: string): Problem => ({
    place: "Terraform's provider for GitHub",
    value: `not to be had (${said})`,
    expected: "registry.terraform.io within reach, or the provider in a mirror (docs/own-project.md)",
    fix: 'make the registry reachable; without it: "make pipeline-files" writes the files, docs/pipeline.md says the rest',
  }),

  protectedBranch: (branch: string, said: string): Problem => ({
    place: "github.branch",
    value: `"${branch}", to which GitHub lets nobody commit directly (${said})`,
    expected: "a branch that the token may commit to",
    fix: 'let the token pass its rules, or commit the files by a pull request: "make pipeline-files"',
  }),
} as const;
