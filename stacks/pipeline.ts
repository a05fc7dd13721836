import { GithubProvider } from "@cdktf/provider-github/lib/provider";
import { TerraformOutput, TerraformStack } from "cdktf";
import type { Construct } from "constructs";
import { type GitHub, fullNameOf } from "../config/github";
import type { Ciphertexts } from "../config/files/sealed";
import { DeploymentEnvironment } from "../constructs/github/deployment-environment";
import { EnvironmentSecrets } from "../constructs/github/environment-secrets";
import { EnvironmentVariables } from "../constructs/github/environment-variables";
import { RepositoryFiles, type SourceFile } from "../constructs/github/repository-files";
import type { HostStack } from "./host";
import type { HostDataStack } from "./host-data";
import { type StateProps, keepState } from "./state";
import { requireTerraform } from "./terraform-version";

export interface PipelineStackProps extends StateProps {
  readonly github: GitHub;
  /** What outlives the machine: its address and keys. */
  readonly data: HostDataStack;
  /** The machine, and how a runner gets at it. */
  readonly machine: HostStack;
  /** Secrets that GitHub alone can open. */
  readonly sealed: Ciphertexts;
  /** The repository's files, in the order in which they are committed. */
  readonly repositoryFiles: readonly SourceFile[];
}

/** What a push to GitHub needs to go live: an environment with its secrets, and the files in the repository. */
export class PipelineStack extends TerraformStack {
  public constructor(scope: Construct, id: string, props: PipelineStackProps) {
    super(scope, id);
    const { deployment, github, host, data, machine } = props;
    // The token is the environment's: GITHUB_TOKEN.
    new GithubProvider(this, "github", { owner: github.owner });
    this.addOverride("terraform.required_providers.github", {
      source: "integrations/github",
      version: ">= 6.9.0, < 7.0.0",
    });
    requireTerraform(this, ">= 1.11");
    keepState(this, id, props);

    const { ready: environment } = new DeploymentEnvironment(this, "environment", { github });
    const address = data.address.publicIp;
    const { secrets } = new EnvironmentSecrets(this, "secrets", {
      github,
      environment,
      // Neither is one: that they are among the secrets keeps them out of the logs.
      known: { HOST: address, KNOWN_HOSTS: `${address} ${host.keys.host.publicKey}` },
      sealed: props.sealed,
    });
    const { variables } = new EnvironmentVariables(this, "variables", {
      github,
      environment,
      values: machine.runner
        ? {
            RUNNER_ROLE: machine.runner.roleArn,
            SECURITY_GROUP: machine.runner.securityGroupId,
            AWS_REGION: host.region,
          }
        : {},
    });
    new RepositoryFiles(this, "files", {
      name: deployment.name,
      github,
      files: props.repositoryFiles,
      after: [...secrets, ...variables],
    });
    new TerraformOutput(this, "runs", {
      value: `https://github.com/${fullNameOf(github)}/actions`,
      description: "The releases, one a push",
    });
  }
}
