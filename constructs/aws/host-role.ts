import { IamInstanceProfile } from "@cdktf/provider-aws/lib/iam-instance-profile";
import { IamRole } from "@cdktf/provider-aws/lib/iam-role";
import { IamRolePolicy } from "@cdktf/provider-aws/lib/iam-role-policy";
import { Construct } from "constructs";
import { ruleStatements } from "./firewall";
import { type PolicyStatement, policyDocument, trustPolicy } from "./policy";

export interface HostRoleProps {
  /** Name of the deployment. */
  readonly name: string;
  /** AWS region: names of roles are an account's, of all regions. */
  readonly region: string;
  /** ARN of the parameter with the host's own ssh key. */
  readonly hostKeyArn: string;
  /** ARN of the bucket for dumps. @default the machine may write none */
  readonly bucketArn?: string;
  /** ARN of its security group, in which GitHub's runner opens port 22; a token. @default no runner opens it */
  readonly runnersGroupArn?: string;
}

/** Prefix of all that the machine writes into the bucket. */
export const DUMPS = "dumps/";

/**
 * What Session Manager's agent needs (docs.aws.amazon.com/systems-manager, "Create an IAM role with permissions for only
 * Session Manager"). AWS's own policy AmazonSSMManagedInstanceCore would let it read every parameter of the account.
 */
const SESSION_MANAGER: PolicyStatement = {
  Effect: "Allow",
  Action: [
    "ssm:UpdateInstanceInformation",
    "ssmmessages:CreateControlChannel",
    "ssmmessages:CreateDataChannel",
    "ssmmessages:OpenControlChannel",
    "ssmmessages:OpenDataChannel",
  ],
  Resource: "*",
};

/**
 * What the machine may do on AWS: Session Manager, read its own key, write and read its own dumps, and close port 22 where
 * a runner that was killed has left it open.
 */
export class HostRole extends Construct {
  /** Name of the instance profile; a token. */
  public readonly instanceProfile: string;

  public constructor(scope: Construct, id: string, props: HostRoleProps) {
    super(scope, id);
    const { name, region, hostKeyArn, bucketArn, runnersGroupArn } = props;
    const role = new IamRole(this, "role", {
      name: `${name}-host-${region}`,
      description: `The host of ${name}`,
      assumeRolePolicy: trustPolicy("ec2.amazonaws.com"),
    });
    const policy = (policyId: string, statements: readonly PolicyStatement[]): void => {
      new IamRolePolicy(this, policyId, {
        name: policyId,
        role: role.name,
        policy: policyDocument(statements),
      });
    };
    policy("session-manager", [SESSION_MANAGER]);
    policy("own-key", [{ Effect: "Allow", Action: "ssm:GetParameter", Resource: hostKeyArn }]);
    if (bucketArn !== undefined) policy("own-dumps", dumpStatements(bucketArn));
    // To close and never to open: who takes over the machine must let nobody in.
    if (runnersGroupArn !== undefined) {
      const scopeOfRules = { securityGroupArn: runnersGroupArn, region };
      policy("stale-rules", ruleStatements("ec2:RevokeSecurityGroupIngress", scopeOfRules));
    }
    this.instanceProfile = new IamInstanceProfile(this, "profile", {
      name: `${name}-host-${region}`,
      role: role.name,
    }).name;
  }
}

/** Write, read and list; never delete: who takes over the machine must not reach the backups' past. */
function dumpStatements(bucketArn: string): PolicyStatement[] {
  return [
    { Effect: "Allow", Action: ["s3:PutObject", "s3:GetObject"], Resource: `${bucketArn}/${DUMPS}*` },
    {
      Effect: "Allow",
      Action: "s3:ListBucket",
      Resource: bucketArn,
      Condition: { StringLike: { "s3:prefix": `${DUMPS}*` } },
    },
  ];
}
