import { SshAccess } from "../../../config/host";
import { Firewall } from "../../../constructs/aws/firewall";
import { type StackJson, countsOf } from "../../support/assertions";
import { awsStackWith } from "../../support/aws-stack";

function stackFor(ssh: SshAccess): StackJson {
  return awsStackWith((scope) => new Firewall(scope, "firewall", { name: "guestbook", vpcId: "vpc-1", ssh }));
}

/** Who reaches which port: `network → port`. */
function openings({ resource = {} }: StackJson): string[] {
  return Object.values(resource["aws_vpc_security_group_ingress_rule"] ?? {})
    .map((rule) => {
      expect([rule["ip_protocol"], rule["to_port"]]).toEqual(["tcp", rule["from_port"]]);
      return `${String(rule["cidr_ipv4"])} → ${String(rule["from_port"])}`;
    })
    .sort();
}

const WEB = ["0.0.0.0/0 → 443", "0.0.0.0/0 → 80"];

describe("Firewall", () => {
  it("opens HTTP and HTTPS to everybody, and ssh to nobody unless it is asked to", () =>
    expect(openings(stackFor(SshAccess.NOBODY))).toEqual(WEB));

  it("opens ssh to the networks that are given, a rule each", () => {
    const networks = SshAccess.fromNetworks(["192.0.2.0/24", "198.51.100.7/32"]);
    expect(openings(stackFor(networks))).toEqual([...WEB, "192.0.2.0/24 → 22", "198.51.100.7/32 → 22"]);
  });

  it("opens ssh to everybody when that is asked for", () =>
    expect(openings(stackFor(SshAccess.ANYWHERE))).toEqual(["0.0.0.0/0 → 22", ...WEB]));

  it("is one group with rules of their own, so that a rule that a release opens is left alone", () => {
    const stack = stackFor(SshAccess.NOBODY);
    expect(countsOf(stack)).toEqual({
      aws_security_group: 1,
      aws_vpc_security_group_egress_rule: 1,
      aws_vpc_security_group_ingress_rule: 2,
    });
    const [group] = Object.values(stack.resource?.["aws_security_group"] ?? {});
    expect(group).not.toHaveProperty("ingress");
    expect(group).not.toHaveProperty("egress");
  });

  it("lets out everything", () => {
    const rules = Object.values(
      stackFor(SshAccess.NOBODY).resource?.["aws_vpc_security_group_egress_rule"] ?? {},
    );
    expect(rules).toMatchObject([{ ip_protocol: "-1", cidr_ipv4: "0.0.0.0/0" }]);
  });
});
