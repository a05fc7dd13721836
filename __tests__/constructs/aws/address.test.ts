import { Address } from "../../../constructs/aws/address";
import { addressesOf, resourceAt } from "../../support/assertions";
import { awsStackWith } from "../../support/aws-stack";

describe("Address", () => {
  const stack = awsStackWith((scope) => new Address(scope, "anywhere", { name: "guestbook" }));

  it("is one address, the same for Terraform wherever it is in the tree", () =>
    expect(addressesOf(stack)).toEqual(["aws_eip.address"]));

  it("is never given back", () =>
    expect(resourceAt(stack, "aws_eip.address")).toEqual({
      domain: "vpc",
      tags: { Name: "guestbook" },
      lifecycle: { prevent_destroy: true },
    }));
});
