import { HostNetwork } from "../../../constructs/aws/host-network";
import { type Properties, countsOf } from "../../support/assertions";
import { awsStackWith } from "../../support/aws-stack";

describe("HostNetwork", () => {
  const stack = awsStackWith(
    (scope) => new HostNetwork(scope, "network", { name: "guestbook", zone: "eu-central-1b" }),
  );
  const only = (type: string): Properties | undefined => Object.values(stack.resource?.[type] ?? {})[0];

  it("is a VPC with one subnet and one way out", () =>
    expect(countsOf(stack)).toEqual({
      aws_default_security_group: 1,
      aws_internet_gateway: 1,
      aws_route: 1,
      aws_route_table: 1,
      aws_route_table_association: 1,
      aws_subnet: 1,
      aws_vpc: 1,
    }));

  it("has its subnet in the zone of the data", () =>
    expect(only("aws_subnet")).toMatchObject({
      availability_zone: "eu-central-1b",
      cidr_block: "10.20.0.0/26",
    }));

  it("gives no address of its own to what is started in it", () =>
    expect(only("aws_subnet")).not.toHaveProperty("map_public_ip_on_launch"));

  it("closes the group of those that have none", () => {
    expect(only("aws_default_security_group")).not.toHaveProperty("ingress");
    expect(only("aws_default_security_group")).not.toHaveProperty("egress");
  });

  it("reaches the internet through the gateway", () =>
    expect(only("aws_route")).toMatchObject({
      destination_cidr_block: "0.0.0.0/0",
      gateway_id: expect.stringMatching(/^\$\{aws_internet_gateway\..*\.id\}$/) as string,
    }));
});
