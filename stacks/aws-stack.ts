import { AwsProvider } from "@cdktf/provider-aws/lib/provider";
import { LocalBackend, S3Backend, TerraformStack } from "cdktf";
import type { Construct } from "constructs";
import type { Deployment } from "../config/deployment";
import type { Host } from "../config/host";
import type { Files } from "../constructs/files";

export interface AwsStackProps {
  readonly deployment: Deployment;
  readonly host: Host;
  readonly files: Files;
}

/** A stack on AWS: the provider with our tags, and a state on this machine or in S3. Credentials are the environment's. */
export abstract class AwsStack extends TerraformStack {
  protected constructor(scope: Construct, id: string, { deployment, host, files }: AwsStackProps) {
    super(scope, id);
    new AwsProvider(this, "aws", {
      region: host.region,
      defaultTags: [
        { tags: { ...host.tags, "django-deployment": deployment.name, "django-deployment:stack": id } },
      ],
    });
    this.addOverride("terraform.required_providers.aws", {
      source: "hashicorp/aws",
      version: ">= 6.25.0, < 7.0.0",
    });
    // Write-only arguments and ephemeral variables.
    this.addOverride("terraform.required_version", ">= 1.11");

    if (host.stateBucket === undefined) {
      new LocalBackend(this, { path: `${files.states}/${id}.tfstate` });
    } else {
      new S3Backend(this, {
        bucket: host.stateBucket,
        key: `${deployment.name}/${id}.tfstate`,
        region: host.region,
        encrypt: true,
      });
      // S3's own lock, without a table; newer than the bindings.
      this.addOverride("terraform.backend.s3.use_lockfile", true);
    }
  }
}
