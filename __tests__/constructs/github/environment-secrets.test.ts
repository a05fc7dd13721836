import { EnvironmentSecrets } from "../../../constructs/github/environment-secrets";
import { EnvironmentVariables } from "../../../constructs/github/environment-variables";
import { type StackJson, countsOf } from "../../support/assertions";
import { githubStackWith, guestbookRepository } from "../../support/github-stack";

const github = guestbookRepository();
const environment = { fqn: "github_repository_environment.e" };

/** The arguments of each resource of a type, by the name that GitHub knows it by. */
function named(stack: StackJson, type: string, key: string): Record<string, unknown> {
  const all = Object.values(stack.resource?.[type] ?? {});
  return Object.fromEntries(
    all.map((one) => [
      String(one[key]),
      Object.fromEntries(Object.entries(one).filter(([name]) => name !== "//" && name !== key)),
    ]),
  );
}

describe("EnvironmentSecrets", () => {
  const common = {
    repository: "guestbook",
    environment: "production",
    depends_on: ["github_repository_environment.e"],
  };

  it("has what is known as it is, and what is secret sealed", () => {
    const stack = githubStackWith((scope) => {
      const known = { HOST: "192.0.2.1" };
      new EnvironmentSecrets(scope, "secrets", { github, environment, known, sealed: { KEY: "c2VhbGVk" } });
    });
    expect(countsOf(stack)).toEqual({ github_actions_environment_secret: 2 });
    expect(named(stack, "github_actions_environment_secret", "secret_name")).toEqual({
      HOST: { ...common, plaintext_value: "192.0.2.1" },
      KEY: { ...common, encrypted_value: "c2VhbGVk" },
    });
  });
});

describe("EnvironmentVariables", () => {
  it("are what the workflow reads", () => {
    const stack = githubStackWith((scope) => {
      new EnvironmentVariables(scope, "variables", {
        github,
        environment,
        values: { AWS_REGION: "eu-west-1" },
      });
    });
    expect(countsOf(stack)).toEqual({ github_actions_environment_variable: 1 });
    expect(named(stack, "github_actions_environment_variable", "variable_name")).toEqual({
      AWS_REGION: {
        repository: "guestbook",
        environment: "production",
        depends_on: ["github_repository_environment.e"],
        value: "eu-west-1",
      },
    });
  });
});
