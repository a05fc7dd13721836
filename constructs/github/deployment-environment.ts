import { DataGithubUser } from "@cdktf/provider-github/lib/data-github-user";
import { RepositoryEnvironment } from "@cdktf/provider-github/lib/repository-environment";
import { RepositoryEnvironmentDeploymentPolicy } from "@cdktf/provider-github/lib/repository-environment-deployment-policy";
import { Fn, type ITerraformDependable, Token } from "cdktf";
import { Construct } from "constructs";
import type { GitHub } from "../../config/github";

export interface DeploymentEnvironmentProps {
  readonly github: GitHub;
}

/** The environment on GitHub whose secrets only runs of one branch get, after a reviewer's word when there are any. */
export class DeploymentEnvironment extends Construct {
  /** What must be there before anything is put into the environment. */
  public readonly ready: ITerraformDependable;

  public constructor(scope: Construct, id: string, { github }: DeploymentEnvironmentProps) {
    super(scope, id);
    const { repository, environment: name, branch, reviewers } = github;
    // GitHub wants numbers, people know names.
    const users = reviewers.map((username) =>
      Token.asNumber(Fn.tonumber(new DataGithubUser(this, `user-${username}`, { username }).id)),
    );
    const environment = new RepositoryEnvironment(this, "environment", {
      repository,
      environment: name,
      reviewers: users.length > 0 ? [{ users }] : undefined,
      deploymentBranchPolicy: { protectedBranches: false, customBranchPolicies: true },
    });
    this.ready = new RepositoryEnvironmentDeploymentPolicy(this, "branch", {
      repository,
      environment: environment.environment,
      branchPattern: branch,
    });
  }
}
