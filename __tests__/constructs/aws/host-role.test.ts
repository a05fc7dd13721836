import { HostRole } from "../../../constructs/aws/host-role";
import { type StackJson, countsOf } from "../../support/assertions";
import { awsStackWith } from "../../support/aws-stack";

function stackFor(bucketArn?: string, runnersGroupArn?: string): StackJson {
  const props = {
    name: "guestbook",
    region: "eu-central-1",
    hostKeyArn: "arn:key",
    bucketArn,
    runnersGroupArn,
  };
  return awsStackWith((scope) => new HostRole(scope, "role", props));
}

/** The text of each policy, by its name. */
function policies({ resource = {} }: StackJson): Record<string, string> {
  const all = Object.values(resource["aws_iam_role_policy"] ?? {});
  return Object.fromEntries(all.map(({ name, policy }) => [String(name), String(policy)]));
}

describe("HostRole", () => {
  it("is a role of EC2, whose name says the region: names are an account's", () => {
    const { resource = {} } = stackFor("arn:bucket");
    expect(countsOf({ resource })).toEqual({
      aws_iam_instance_profile: 1,
      aws_iam_role: 1,
      aws_iam_role_policy: 3,
    });
    const [role] = Object.values(resource["aws_iam_role"] ?? {});
    expect(role?.["name"]).toBe("guestbook-host-eu-central-1");
    expect(role?.["assume_role_policy"]).toContain('"Service" = "ec2.amazonaws.com"');
  });

  it("reads its own key and no other parameter", () =>
    expect(policies(stackFor())["own-key"]).toContain(
      '"Action" = "ssm:GetParameter", "Resource" = "arn:key"',
    ));

  it("opens sessions, without AWS's own policy, which reads every parameter of the account", () => {
    const text = policies(stackFor())["session-manager"] ?? "";
    expect(text.match(/ssm\w*:\w+/g)).toEqual([
      "ssm:UpdateInstanceInformation",
      "ssmmessages:CreateControlChannel",
      "ssmmessages:CreateDataChannel",
      "ssmmessages:OpenControlChannel",
      "ssmmessages:OpenDataChannel",
    ]);
  });

  it("writes and reads dumps, and deletes none", () => {
    const text = policies(stackFor("arn:bucket"))["own-dumps"] ?? "";
    expect(text.match(/s3:[A-Z]\w+/g)).toEqual(["s3:PutObject", "s3:GetObject", "s3:ListBucket"]);
    expect(text).toContain('"arn:bucket/dumps/*"');
  });

  it("closes port 22 of its own group where runners open it, reads rules, and can do nothing else to them", () =>
    expect(policies(stackFor(undefined, "arn:group"))["stale-rules"]).toBe(
      "${jsonencode({" +
        '"Version" = "2012-10-17", "Statement" = [' +
        '{"Effect" = "Allow", "Action" = "ec2:RevokeSecurityGroupIngress", ' +
        '"Resource" = ["arn:group", replace("arn:group", "/security-group/.*/", "security-group-rule/*")]}, ' +
        '{"Effect" = "Allow", "Action" = "ec2:DescribeSecurityGroupRules", "Resource" = "*", ' +
        '"Condition" = {"StringEquals" = {"aws:RequestedRegion" = "eu-central-1"}}}]})}',
    ));

  it("knows no bucket where there are no backups, and no rules where no runner opens the port", () =>
    expect(Object.keys(policies(stackFor())).sort()).toEqual(["own-key", "session-manager"]));
});
