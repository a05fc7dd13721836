import { DataAwsIamOpenidConnectProvider } from "@cdktf/provider-aws/lib/data-aws-iam-openid-connect-provider";
import { IamOpenidConnectProvider } from "@cdktf/provider-aws/lib/iam-openid-connect-provider";
import { Construct } from "constructs";
import type { GitHub } from "../../config/github";

/** Who signs the tokens of GitHub's runners (docs.github.com, "Configuring OpenID Connect in Amazon Web Services"). */
export const ISSUER = "token.actions.githubusercontent.com";

/** For whom a token must be meant. */
export const AUDIENCE = "sts.amazonaws.com";

export interface GitHubOidcProviderProps {
  /** Whether it is made, or the account has it already. */
  readonly oidcProvider: GitHub["oidcProvider"];
}

/** By what an AWS account knows the tokens of GitHub's runners. An account has one, whatever the number of projects. */
export class GitHubOidcProvider extends Construct {
  /** ARN; a token. */
  public readonly arn: string;

  public constructor(scope: Construct, id: string, { oidcProvider }: GitHubOidcProviderProps) {
    super(scope, id);
    const url = `https://${ISSUER}`;
    if (oidcProvider === "existing") {
      this.arn = new DataAwsIamOpenidConnectProvider(this, "existing", { url }).arn;
      return;
    }
    const provider = new IamOpenidConnectProvider(this, "provider", { url, clientIdList: [AUDIENCE] });
    provider.overrideLogicalId("github");
    this.arn = provider.arn;
  }
}
