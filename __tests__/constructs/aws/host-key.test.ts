import { HostKey, hostKeyParameter } from "../../../constructs/aws/host-key";
import { addressesOf, resourceAt } from "../../support/assertions";
import { awsStackWith } from "../../support/aws-stack";

function parameterFor(publicKey: string): Readonly<Record<string, unknown>> {
  const stack = awsStackWith(
    (scope) => new HostKey(scope, "anywhere", { name: "guestbook", file: "../key", publicKey }),
  );
  expect(addressesOf(stack)).toEqual(["aws_ssm_parameter.host_key"]);
  return resourceAt(stack, "aws_ssm_parameter.host_key");
}

describe("HostKey", () => {
  it("is a secret of which Terraform keeps nothing: it reads the file when it applies", () =>
    expect(parameterFor("ssh-ed25519 AAAA")).toEqual({
      name: "/django-deployment/guestbook/ssh-host-key",
      description: "ssh host key of guestbook",
      type: "SecureString",
      value_wo: '${file("../key")}',
      value_wo_version: expect.any(Number) as number,
    }));

  it("is written again for another key, and only then", () => {
    const version = (key: string): unknown => parameterFor(key)["value_wo_version"];
    expect(version("ssh-ed25519 AAAA")).toBe(version("ssh-ed25519 AAAA"));
    expect(version("ssh-ed25519 AAAB")).not.toBe(version("ssh-ed25519 AAAA"));
  });

  it("is found by the name of the deployment", () =>
    expect(hostKeyParameter("shop")).toBe("/django-deployment/shop/ssh-host-key"));
});
