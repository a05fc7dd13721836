import { EbsVolume } from "@cdktf/provider-aws/lib/ebs-volume";
import { Construct } from "constructs";

export interface DataVolumeProps {
  /** Name of the deployment. */
  readonly name: string;
  /** Availability zone, from the configuration: taken from an instance, a replaced instance would replace the data. */
  readonly zone: string;
  /** GiB. */
  readonly size: number;
}

/** The encrypted volume with everything that must not be lost; it outlives every machine. */
export class DataVolume extends Construct {
  /** Id of the volume; a token. */
  public readonly volumeId: string;
  /** ARN of the volume; a token. */
  public readonly arn: string;

  public constructor(scope: Construct, id: string, props: DataVolumeProps) {
    super(scope, id);
    const volume = new EbsVolume(this, "volume", {
      availabilityZone: props.zone,
      size: props.size,
      type: "gp3",
      encrypted: true,
      tags: { Name: `${props.name}-data` },
      lifecycle: { preventDestroy: true },
    });
    // Explicit, since a volume that moves in the tree must not be another volume for Terraform.
    volume.overrideLogicalId("data");
    this.volumeId = volume.id;
    this.arn = volume.arn;
  }
}
