import { DefaultSecurityGroup } from "@cdktf/provider-aws/lib/default-security-group";
import { InternetGateway } from "@cdktf/provider-aws/lib/internet-gateway";
import { Route } from "@cdktf/provider-aws/lib/route";
import { RouteTable } from "@cdktf/provider-aws/lib/route-table";
import { RouteTableAssociation } from "@cdktf/provider-aws/lib/route-table-association";
import { Subnet } from "@cdktf/provider-aws/lib/subnet";
import { Vpc } from "@cdktf/provider-aws/lib/vpc";
import { Construct } from "constructs";

export interface HostNetworkProps {
  /** Name of the deployment. */
  readonly name: string;
  /** Availability zone of the subnet, from the configuration. */
  readonly zone: string;
}

/** A VPC with one public subnet. Its addresses are seen by nobody else, so they can be the same everywhere. */
export class HostNetwork extends Construct {
  /** Id of the VPC; a token. */
  public readonly vpcId: string;
  /** Id of the subnet; a token. */
  public readonly subnetId: string;

  public constructor(scope: Construct, id: string, { name, zone }: HostNetworkProps) {
    super(scope, id);
    const tags = { Name: name };
    const vpc = new Vpc(this, "vpc", { cidrBlock: "10.20.0.0/24", enableDnsHostnames: true, tags });
    // What is started without a group of its own gets the VPC's: closed, instead of AWS's "everything among its own".
    new DefaultSecurityGroup(this, "default-group", { vpcId: vpc.id, tags });
    const subnet = new Subnet(this, "subnet", {
      vpcId: vpc.id,
      cidrBlock: "10.20.0.0/26",
      availabilityZone: zone,
      tags,
    });
    const gateway = new InternetGateway(this, "gateway", { vpcId: vpc.id, tags });
    const routes = new RouteTable(this, "routes", {
      vpcId: vpc.id,
      tags,
    });
    new Route(this, "out", {
      routeTableId: routes.id,
      destinationCidrBlock: "0.0.0.0/0",
      gatewayId: gateway.id,
    });
    new RouteTableAssociation(this, "subnet-routes", { subnetId: subnet.id, routeTableId: routes.id });
    this.vpcId = vpc.id;
    this.subnetId = subnet.id;
  }
}
