import { join } from "node:path";
import { describeProblem } from "../../config/errors";
import { fullNameOf } from "../../config/github";
import { loadDeployment } from "../../config/load";
import type { DeploymentInput } from "../../config/schema";
import { ROOT } from "../support/guestbook";
import { folderWith } from "../support/synthesis";

const PROJECT = { folder: join(ROOT, "examples/guestbook") };
const KEYS = {
  ".deployment/ssh/deploy_ed25519.pub": "ssh-ed25519 AAAAdeploy\n",
  ".deployment/ssh/host_ed25519.pub": "ssh-ed25519 AAAAhost\n",
};
const HOST = { region: "eu-central-1" };
const REPOSITORY = { repository: "octocat/mysite" };

type GitHubInput = NonNullable<DeploymentInput["github"]>;

function load(github?: GitHubInput, more: Partial<DeploymentInput> = {}): ReturnType<typeof loadDeployment> {
  return loadDeployment({ project: PROJECT, host: HOST, ...more, github }, folderWith(KEYS));
}

/** The messages of a deployment that is refused. */
function complaints(github: unknown, more: Partial<DeploymentInput> = {}): string[] {
  try {
    load(github as GitHubInput, more);
  } catch (error) {
    return (error as { problems: Parameters<typeof describeProblem>[0][] }).problems.map(describeProblem);
  }
  return [];
}

it("needs a repository and nothing else", () => {
  expect(load(REPOSITORY).deployment.github).toEqual({
    owner: "octocat",
    repository: "mysite",
    branch: "main",
    environment: "production",
    reviewers: [],
    build: "host",
    tests: { command: "python3 manage.py test --noinput" },
    oidcProvider: "create",
  });
});

it("says the repository's name as one writes it", () =>
  expect(fullNameOf({ owner: "octocat", repository: "mysite" })).toBe("octocat/mysite"));

it("is not there without its section", () => expect(load().deployment.github).toBeUndefined());

it("asks each reviewer once, whatever the case of the letters", () =>
  expect(
    load({ ...REPOSITORY, reviewers: ["octocat", "hubot", "Octocat"] }).deployment.github?.reviewers,
  ).toEqual(["Octocat", "hubot"]));

it("runs no tests where the project has none, or where the user wants none", () => {
  const root = folderWith({
    ...KEYS,
    "site/manage.py": "",
    "site/requirements.txt": "django\n",
    "site/mysite/settings.py": "SECRET_KEY = 'x'\nINSTALLED_APPS = []\nROOT_URLCONF = 'mysite.urls'\n",
    "site/mysite/__init__.py": "",
    "site/mysite/wsgi.py": "application = None\n",
    "site/blog/tests.py": "# Create your tests here.\n",
  });
  const input = { project: { folder: "site" }, host: HOST, github: REPOSITORY };
  expect(loadDeployment(input, root).deployment.github?.tests).toBeUndefined();
  expect(load({ ...REPOSITORY, tests: false }).deployment.github?.tests).toBeUndefined();
  expect(
    load({ ...REPOSITORY, tests: false, testCommand: "pytest" }).deployment.github?.tests,
  ).toBeUndefined();
});

it("runs them as the user wants it", () => {
  const wanted = { testCommand: "pytest -q", testRequirements: "./requirements.txt" };
  expect(load({ ...REPOSITORY, ...wanted }).deployment.github?.tests).toEqual({
    command: "pytest -q",
    requirements: "requirements.txt",
  });
});

describe("who opens port 22", () => {
  it("is GitHub's runner by default", () =>
    expect(load(REPOSITORY).deployment.host?.ssh).toEqual({ networks: [], byRunner: true }));

  it("is nobody without GitHub", () =>
    expect(load().deployment.host?.ssh).toEqual({ networks: [], byRunner: false }));

  it("is whom the user says", () =>
    expect(load(REPOSITORY, { host: { ...HOST, ssh: "anywhere" } }).deployment.host?.ssh).toEqual({
      networks: ["0.0.0.0/0"],
      byRunner: false,
    }));
});

describe("what is wrong gets one message that says what to write", () => {
  it.each<[unknown, RegExp, RegExp]>([
    [{}, /github\.repository is missing/, /repository: "octocat\/mysite"/],
    [
      { repository: "https://github.com/octocat/blog.git" },
      /github\.repository is "https:/,
      /repository: "octocat\/blog"/,
    ],
    [{ repository: "git@github.com:octocat/blog" }, /is "git@github/, /repository: "octocat\/blog"/],
    [{ repository: "mysite" }, /github\.repository is "mysite"/, /expected: a repository as owner\/name/],
    [{ repository: "octocat/.." }, /github\.repository is "octocat\/\.\."/, /octocat\/mysite/],
    [{ ...REPOSITORY, branch: "feature branch" }, /github\.branch is "feature branch"/, /feature_branch/],
    [{ ...REPOSITORY, branch: "release/*" }, /github\.branch is "release\/\*"/, /branch: "release"/],
    [{ ...REPOSITORY, environment: "the live one" }, /github\.environment is "the live one"/, /the_live_one/],
    [{ ...REPOSITORY, reviewers: ["@octocat"] }, /github\.reviewers\[0\] is "@octocat"/, /octocat/],
    [
      { ...REPOSITORY, reviewers: Array.from({ length: 7 }, (_, at) => `user${at}`) },
      /github\.reviewers is \[/,
      /octocat/,
    ],
    [{ ...REPOSITORY, build: "runer" }, /github\.build is "runer"/, /build: "runner"/],
    [
      { ...REPOSITORY, testCommand: "cd x\npytest" },
      /github\.testCommand is "cd x\\npytest"/,
      /testCommand: "cd x && pytest"/,
    ],
    [
      { ...REPOSITORY, testRequirements: "dev.txt" },
      /github\.testRequirements is "dev\.txt", which is not in the project/,
      /correct the path/,
    ],
    [{ ...REPOSITORY, tests: "yes" }, /github\.tests is "yes"/, /tests: true/],
    [{ ...REPOSITORY, oidcProvider: "exists" }, /github\.oidcProvider is "exists"/, /"existing"/],
    [
      { ...REPOSITORY, oidcSubject: "repo:octocat/mysite:ref:refs/heads/main" },
      /github\.oidcSubject is "repo:/,
      /octocat@123456\/mysite@456789/,
    ],
    [{ ...REPOSITORY, token: "ghp_x" }, /github\.token is an unknown key/, /./],
  ])("%j", (github, what, fix) => {
    const found = complaints(github);
    expect(found).toHaveLength(1);
    expect(found[0]).toMatch(what);
    expect(found[0]).toMatch(fix);
  });

  it("a repository without a machine", () =>
    expect(complaints(REPOSITORY, { host: undefined })).toEqual([
      expect.stringMatching(/github is there without a host section[^]*host: \{ region/),
    ]));

  it("a runner without a repository", () =>
    expect(complaints(undefined, { host: { ...HOST, ssh: "runner" } })).toEqual([
      expect.stringMatching(/host\.ssh is "runner", but there is no github section/),
    ]));
});
