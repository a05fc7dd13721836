import { IamRole } from "@cdktf/provider-aws/lib/iam-role";
import { IamRolePolicy } from "@cdktf/provider-aws/lib/iam-role-policy";
import { Construct } from "constructs";
import { type GitHub, fullNameOf } from "../../config/github";
import { ruleStatements } from "./firewall";
import { AUDIENCE, ISSUER } from "./github-oidc-provider";
import { policyDocument } from "./policy";

/** Longest that the role may be held; AWS knows no shorter limit. [seconds] */
const SESSION = 3600;

export interface RunnerRoleProps {
  /** Name of the deployment. */
  readonly name: string;
  /** AWS region: names of roles are an account's, of all regions. */
  readonly region: string;
  readonly github: GitHub;
  /** ARN of GitHub's OIDC provider in the account; a token. */
  readonly oidcProviderArn: string;
  /** ARN of the machine's security group; a token. */
  readonly securityGroupArn: string;
}

/**
 * What GitHub's runner may do on AWS, and for which repository and environment alone: let its own address in on the
 * machine's security group, and take it out again.
 */
export class RunnerRole extends Construct {
  /** ARN of the role; a token. */
  public readonly arn: string;

  public constructor(scope: Construct, id: string, props: RunnerRoleProps) {
    super(scope, id);
    const { name, region, github, oidcProviderArn, securityGroupArn } = props;
    const role = new IamRole(this, "role", {
      name: `${name}-runner-${region}`,
      description: `Releases of ${name} from GitHub`,
      maxSessionDuration: SESSION,
      assumeRolePolicy: policyDocument([
        {
          Effect: "Allow",
          Principal: { Federated: oidcProviderArn },
          Action: "sts:AssumeRoleWithWebIdentity",
          Condition: { StringEquals: { [`${ISSUER}:aud`]: AUDIENCE, [`${ISSUER}:sub`]: subjectOf(github) } },
        },
      ]),
    });
    new IamRolePolicy(this, "own-address", {
      name: "own-address",
      role: role.name,
      policy: policyDocument(
        ruleStatements(["ec2:AuthorizeSecurityGroupIngress", "ec2:RevokeSecurityGroupIngress"], {
          securityGroupArn,
          region,
        }),
      ),
    });
    this.arn = role.arn;
  }
}

/** What a token must say of where it comes from: a job of this repository, in this environment. */
export function subjectOf(
  github: Pick<GitHub, "owner" | "repository" | "environment" | "oidcSubject">,
): string {
  const { environment, oidcSubject = `repo:${fullNameOf(github)}` } = github;
  return `${oidcSubject}:environment:${environment}`;
}
