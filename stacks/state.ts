import { LocalBackend, S3Backend, type TerraformStack } from "cdktf";
import type { Deployment } from "../config/deployment";
import type { Host } from "../config/host";
import type { Files } from "../constructs/files";

export interface StateProps {
  readonly deployment: Deployment;
  readonly host: Host;
  readonly files: Files;
}

/** Has the state of a stack that isn't of this machine alone kept in S3 for teams, or in a file. */
export function keepState(stack: TerraformStack, id: string, { deployment, host, files }: StateProps): void {
  if (host.stateBucket === undefined) {
    new LocalBackend(stack, { path: `${files.states}/${id}.tfstate` });
    return;
  }
  new S3Backend(stack, {
    bucket: host.stateBucket,
    key: `${deployment.name}/${id}.tfstate`,
    region: host.region,
    encrypt: true,
  });
  // S3's own lock, without a table; newer than the bindings.
  stack.addOverride("terraform.backend.s3.use_lockfile", true);
}
