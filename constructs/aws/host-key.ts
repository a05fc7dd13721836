import { SsmParameter } from "@cdktf/provider-aws/lib/ssm-parameter";
import { Fn } from "cdktf";
import { Construct } from "constructs";

export interface HostKeyProps {
  /** Name of the deployment. */
  readonly name: string;
  /** Private half of the host's ssh key: its file, as seen from the stack's folder. */
  readonly file: string;
  /** Public half: says when the private one must be written again. */
  readonly publicKey: string;
}

/**
 * The private half of the machine's own ssh key, which the machine reads at each boot, so that `known_hosts` is right
 * before anybody connects. Terraform reads the file when it applies, and keeps nothing of it: the argument is
 * write-only.
 */
export class HostKey extends Construct {
  /** Name of the parameter. */
  public readonly parameterName: string;
  /** ARN of the parameter; a token. */
  public readonly parameterArn: string;

  public constructor(scope: Construct, id: string, { name, file, publicKey }: HostKeyProps) {
    super(scope, id);
    this.parameterName = hostKeyParameter(name);
    const parameter = new SsmParameter(this, "parameter", {
      name: this.parameterName,
      description: `ssh host key of ${name}`,
      type: "SecureString",
      valueWo: Fn.file(file),
      valueWoVersion: versionOf(publicKey),
    });
    parameter.overrideLogicalId("host_key");
    this.parameterArn = parameter.arn;
  }
}

/** Name of the parameter that holds a deployment's host key. */
export function hostKeyParameter(name: string): string {
  return `/django-deployment/${name}/ssh-host-key`;
}

/** A number that is another one for another key: Terraform writes the value again when it changes. */
function versionOf(publicKey: string): number {
  let version = 0;
  for (const byte of Buffer.from(publicKey)) version = (version * 31 + byte) % 2 ** 31;
  return version;
}
