import type { GitHub } from "../../../config/github";
import { RunnerRole } from "../../../constructs/aws/runner-role";
import { type StackJson, countsOf } from "../../support/assertions";
import { awsStackWith } from "../../support/aws-stack";
import { guestbookOnGitHub } from "../../support/guestbook";

const { github } = guestbookOnGitHub("/srv");

function stackFor(changes: Partial<GitHub> = {}): StackJson {
  if (!github) throw new Error("the guestbook has no repository");
  return awsStackWith(
    (scope) =>
      new RunnerRole(scope, "runner", {
        name: "guestbook",
        region: "eu-central-1",
        github: { ...github, ...changes },
        oidcProviderArn: "arn:github",
        securityGroupArn: "arn:group",
      }),
  );
}

function only(stack: StackJson, type: string): Readonly<Record<string, unknown>> {
  const [first = {}] = Object.values(stack.resource?.[type] ?? {});
  return first;
}

describe("RunnerRole", () => {
  it("is a role for those whom GitHub's tokens name", () => {
    const stack = stackFor();
    expect(countsOf(stack)).toEqual({ aws_iam_role: 1, aws_iam_role_policy: 1 });
    expect(only(stack, "aws_iam_role")).toMatchObject({
      name: "guestbook-runner-eu-central-1",
      max_session_duration: 3600,
      assume_role_policy: expect.stringContaining('"Federated" = "arn:github"') as string,
    });
  });

  it("is for jobs of this repository and environment, letter by letter, and for no other", () => {
    const trust = String(only(stackFor(), "aws_iam_role")["assume_role_policy"]);
    expect(trust).toContain('"Action" = "sts:AssumeRoleWithWebIdentity"');
    expect(trust).toContain(
      '"Condition" = {"StringEquals" = {' +
        '"token.actions.githubusercontent.com:aud" = "sts.amazonaws.com", ' +
        '"token.actions.githubusercontent.com:sub" = "repo:octocat/guestbook:environment:production"}}',
    );
    expect(trust).not.toMatch(/StringLike|\*/);
  });

  it("knows the repository by its number where GitHub does", () =>
    expect(
      only(stackFor({ oidcSubject: "repo:octocat@1/guestbook@2" }), "aws_iam_role")["assume_role_policy"],
    ).toContain('"repo:octocat@1/guestbook@2:environment:production"'));

  it("opens and closes one security group, reads rules, and can nothing else", () => {
    const policy = String(only(stackFor(), "aws_iam_role_policy")["policy"]);
    expect(policy.match(/\w+:[A-Z]\w+/g)).toEqual([
      "ec2:AuthorizeSecurityGroupIngress",
      "ec2:RevokeSecurityGroupIngress",
      "ec2:DescribeSecurityGroupRules",
      "aws:RequestedRegion",
    ]);
    expect(policy).toContain(
      '"Resource" = ["arn:group", replace("arn:group", "/security-group/.*/", "security-group-rule/*")]',
    );
    expect(policy).toContain(
      '"Resource" = "*", "Condition" = {"StringEquals" = {"aws:RequestedRegion" = "eu-central-1"}}',
    );
  });
});
