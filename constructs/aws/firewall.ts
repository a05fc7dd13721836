import { SecurityGroup } from "@cdktf/provider-aws/lib/security-group";
import { VpcSecurityGroupEgressRule } from "@cdktf/provider-aws/lib/vpc-security-group-egress-rule";
import { VpcSecurityGroupIngressRule } from "@cdktf/provider-aws/lib/vpc-security-group-ingress-rule";
import { Fn } from "cdktf";
import { Construct } from "constructs";
import type { SshAccess } from "../../config/host";
import type { PolicyStatement } from "./policy";

export interface FirewallProps {
  /** Name of the deployment. */
  readonly name: string;
  /** Id of the VPC. */
  readonly vpcId: string;
  readonly ssh: SshAccess;
}

/** Lets in HTTP, HTTPS and the given networks' ssh; lets out everything. */
export class Firewall extends Construct {
  /** Id of the security group; a token. */
  public readonly securityGroupId: string;
  /** ARN of the security group; a token. */
  public readonly securityGroupArn: string;

  public constructor(scope: Construct, id: string, { name, vpcId, ssh }: FirewallProps) {
    super(scope, id);
    const group = new SecurityGroup(this, "group", {
      name,
      description: `Host of ${name}: HTTP, HTTPS and, from given networks, ssh`,
      vpcId,
      tags: { Name: name },
    });
    this.securityGroupId = group.id;
    this.securityGroupArn = group.arn;

    // One rule a resource: a rule that a release opens for its runner isn't Terraform's to close.
    for (const [service, port] of [
      ["http", 80],
      ["https", 443],
    ] as const) {
      this.letIn(service, port, "0.0.0.0/0");
    }
    for (const network of ssh.networks) {
      this.letIn(`ssh-${network.replace(/[./]/g, "-")}`, 22, network);
    }
    new VpcSecurityGroupEgressRule(this, "out", {
      securityGroupId: group.id,
      description: "Packages, images, AWS and what the application calls",
      ipProtocol: "-1",
      cidrIpv4: "0.0.0.0/0",
    });
  }

  private letIn(id: string, port: number, network: string): void {
    new VpcSecurityGroupIngressRule(this, id, {
      securityGroupId: this.securityGroupId,
      description: `${id} from ${network === "0.0.0.0/0" ? "everywhere" : network}`,
      ipProtocol: "tcp",
      fromPort: port,
      toPort: port,
      cidrIpv4: network,
    });
  }
}

/** Whose rules may be read and changed. */
export interface RuleScope {
  /** ARN of the security group; a token. */
  readonly securityGroupArn: string;
  /** AWS region of the group. */
  readonly region: string;
}

/**
 * What a role needs for the rules of one security group: the given actions on this group alone, and to read rules.
 *
 * @param actions that change rules, for example `ec2:RevokeSecurityGroupIngress`
 */
export function ruleStatements(
  actions: string | readonly string[],
  { securityGroupArn, region }: RuleScope,
): PolicyStatement[] {
  return [
    {
      Effect: "Allow",
      Action: actions,
      // Each action names the group and the rule. Rules have no ids before they are there; the group's is what counts.
      Resource: [
        securityGroupArn,
        Fn.replace(securityGroupArn, "/security-group/.*/", "security-group-rule/*"),
      ],
    },
    // AWS can limit this action to no resource: whoever may read the rules of one group may read those of the region.
    {
      Effect: "Allow",
      Action: "ec2:DescribeSecurityGroupRules",
      Resource: "*",
      Condition: { StringEquals: { "aws:RequestedRegion": region } },
    },
  ];
}
