import { AwsProvider } from "@cdktf/provider-aws/lib/provider";
import { TerraformStack } from "cdktf";
import type { Construct } from "constructs";
import { type StateProps, keepState } from "./state";
import { requireTerraform } from "./terraform-version";

export type AwsStackProps = StateProps;

/** A stack on AWS: the provider with our tags, and a state on this machine or in S3. Credentials are the environment's. */
export abstract class AwsStack extends TerraformStack {
  protected constructor(scope: Construct, id: string, props: AwsStackProps) {
    super(scope, id);
    const { deployment, host } = props;
    new AwsProvider(this, "aws", {
      region: host.region,
      // Credentials of another account would make everything a second time.
      allowedAccountIds: host.account === undefined ? undefined : [host.account],
      defaultTags: [
        { tags: { ...host.tags, "django-deployment": deployment.name, "django-deployment:stack": id } },
      ],
    });
    this.addOverride("terraform.required_providers.aws", {
      source: "hashicorp/aws",
      version: ">= 6.25.0, < 7.0.0",
    });
    // Write-only arguments and ephemeral variables.
    requireTerraform(this, ">= 1.11");

    keepState(this, id, props);
  }
}
