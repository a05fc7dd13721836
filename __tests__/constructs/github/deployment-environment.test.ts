import type { GitHub } from "../../../config/github";
import { DeploymentEnvironment } from "../../../constructs/github/deployment-environment";
import { type StackJson, addressesOf, resourceAt } from "../../support/assertions";
import { githubStackWith, guestbookRepository } from "../../support/github-stack";

function stackFor(changes: Partial<GitHub> = {}): StackJson {
  const github = guestbookRepository(changes);
  return githubStackWith((scope) => new DeploymentEnvironment(scope, "environment", { github }));
}

const ENVIRONMENT = "github_repository_environment.environment_782F3C0C";
const BRANCH = "github_repository_environment_deployment_policy.environment_branch_EE6344BD";

describe("DeploymentEnvironment", () => {
  it("is an environment for runs of one branch", () => {
    const stack = stackFor({ branch: "live" });
    expect(addressesOf(stack)).toEqual([ENVIRONMENT, BRANCH]);
    expect(resourceAt(stack, ENVIRONMENT)).toEqual({
      repository: "guestbook",
      environment: "production",
      deployment_branch_policy: { protected_branches: false, custom_branch_policies: true },
    });
    expect(resourceAt(stack, BRANCH)).toEqual({
      repository: "guestbook",
      environment: `\${${ENVIRONMENT}.environment}`,
      branch_pattern: "live",
    });
  });

  it("waits for one of the reviewers, whom GitHub knows by number", () => {
    const stack = stackFor({ reviewers: ["hubot", "octocat"] });
    const users = Object.entries(
      (stack as { data?: Record<string, Record<string, { username: string }>> }).data?.["github_user"] ?? {},
    );
    expect(users.map(([, { username }]) => username)).toEqual(["hubot", "octocat"]);
    expect(resourceAt(stack, ENVIRONMENT)["reviewers"]).toEqual([
      { users: users.map(([id]) => `\${tonumber(data.github_user.${id}.id)}`) },
    ]);
  });
});
