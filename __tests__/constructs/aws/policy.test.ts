import { TerraformOutput } from "cdktf";
import { policyDocument, trustPolicy } from "../../../constructs/aws/policy";
import { awsStackWith } from "../../support/aws-stack";

function rendered(policy: string): unknown {
  return awsStackWith((scope) => new TerraformOutput(scope, "policy", { value: policy })).output?.[
    "policy"
  ]?.["value"];
}

describe("a policy", () => {
  it("is written by Terraform, and what looks like a reference in its text is text", () =>
    expect(
      rendered(
        policyDocument([{ Effect: "Allow", Action: "s3:GetObject", Resource: "arn:${aws:username}/*" }]),
      ),
    ).toBe(
      '${jsonencode({"Version" = "2012-10-17", "Statement" = [{"Effect" = "Allow", "Action" = "s3:GetObject", "Resource" = "arn:$${aws:username}/*"}]})}',
    ));

  it("of trust names the one service that takes the role", () =>
    expect(rendered(trustPolicy("ec2.amazonaws.com"))).toContain(
      '"Principal" = {"Service" = "ec2.amazonaws.com"}, "Action" = "sts:AssumeRole"',
    ));
});
