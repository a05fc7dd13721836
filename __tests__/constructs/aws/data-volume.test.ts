import { DataVolume } from "../../../constructs/aws/data-volume";
import { addressesOf, resourceAt } from "../../support/assertions";
import { awsStackWith } from "../../support/aws-stack";

describe("DataVolume", () => {
  const stack = awsStackWith(
    (scope) => new DataVolume(scope, "anywhere", { name: "guestbook", zone: "eu-central-1b", size: 30 }),
  );

  it("is one volume, the same for Terraform wherever it is in the tree", () =>
    expect(addressesOf(stack)).toEqual(["aws_ebs_volume.data"]));

  it("is encrypted, never destroyed, and in the zone of the configuration", () =>
    expect(resourceAt(stack, "aws_ebs_volume.data")).toEqual({
      availability_zone: "eu-central-1b",
      size: 30,
      type: "gp3",
      encrypted: true,
      tags: { Name: "guestbook-data" },
      lifecycle: { prevent_destroy: true },
    }));
});
