import { CloudwatchMetricAlarm } from "@cdktf/provider-aws/lib/cloudwatch-metric-alarm";
import { DataAwsAmi } from "@cdktf/provider-aws/lib/data-aws-ami";
import { EipAssociation } from "@cdktf/provider-aws/lib/eip-association";
import { Instance } from "@cdktf/provider-aws/lib/instance";
import { VolumeAttachment } from "@cdktf/provider-aws/lib/volume-attachment";
import { TerraformVariable } from "cdktf";
import { Construct } from "constructs";
import type { Host } from "../../config/host";

export interface HostInstanceProps {
  /** Name of the deployment. */
  readonly name: string;
  readonly host: Host;
  /** Id of the subnet. */
  readonly subnetId: string;
  /** Id of the security group. */
  readonly securityGroupId: string;
  /** Name of the instance profile. */
  readonly instanceProfile: string;
  /** Name of the key pair. */
  readonly keyName: string;
  /** cloud-init's configuration, gzipped, in base64; a token. */
  readonly userData: string;
  /** Id of the data volume. */
  readonly volumeId: string;
  /** Allocation id of the address. */
  readonly allocationId: string;
}

/** Canonical's account, which publishes Ubuntu's images (documentation.ubuntu.com/aws). */
const CANONICAL = "099720109477";

/** The machine. It can be thrown away at any time: everything that matters is on the volume and the address. */
export class HostInstance extends Construct {
  /** Id of the instance; a token. */
  public readonly instanceId: string;

  public constructor(scope: Construct, id: string, props: HostInstanceProps) {
    super(scope, id);
    const { host, name } = props;
    const ubuntu = new DataAwsAmi(this, "ubuntu", {
      owners: [CANONICAL],
      mostRecent: true,
      filter: [
        {
          name: "name",
          values: [`ubuntu/images/hvm-ssd-gp3/ubuntu-noble-24.04-${host.instanceType.architecture}-server-*`],
        },
        { name: "virtualization-type", values: ["hvm"] },
      ],
    });
    const isProtected = new TerraformVariable(this, "protected", {
      type: "bool",
      default: true,
      description: "AWS refuses to terminate the machine; false for the moment in which it is replaced",
    });
    isProtected.overrideLogicalId("host_protected");
    const instance = new Instance(this, "instance", {
      ami: ubuntu.id,
      instanceType: host.instanceType.name,
      subnetId: props.subnetId,
      vpcSecurityGroupIds: [props.securityGroupId],
      iamInstanceProfile: props.instanceProfile,
      keyName: props.keyName,
      userDataBase64: props.userData,
      // A container must not reach the machine's role: one hop ends at the machine itself.
      metadataOptions: { httpEndpoint: "enabled", httpTokens: "required", httpPutResponseHopLimit: 1 },
      rootBlockDevice: { encrypted: true, volumeType: "gp3", volumeSize: host.rootDisk },
      disableApiTermination: isProtected.booleanValue,
      tags: { Name: name },
      // A newer Ubuntu or a changed first boot would be a new machine: that comes only on request (docs/host.md).
      lifecycle: { ignoreChanges: ["ami", "user_data_base64"] },
    });
    instance.overrideLogicalId("host");
    this.instanceId = instance.id;

    new VolumeAttachment(this, "data", {
      deviceName: "/dev/sdf",
      volumeId: props.volumeId,
      instanceId: instance.id,
      // A volume is only torn from a machine that has stopped writing to it.
      stopInstanceBeforeDetaching: true,
    });
    new EipAssociation(this, "address", { allocationId: props.allocationId, instanceId: instance.id });
    this.alarm("system", "StatusCheckFailed_System", 2, `arn:aws:automate:${host.region}:ec2:recover`, props);
    this.alarm(
      "instance",
      "StatusCheckFailed_Instance",
      5,
      `arn:aws:automate:${host.region}:ec2:reboot`,
      props,
    );
  }

  /** When AWS's own check fails for so many minutes, AWS acts. */
  private alarm(
    id: string,
    metricName: string,
    minutes: number,
    action: string,
    { name }: HostInstanceProps,
  ): void {
    new CloudwatchMetricAlarm(this, `alarm-${id}`, {
      alarmName: `${name}-${id}-check`,
      alarmDescription: `${metricName} for ${minutes} minutes: ${action.split(":").pop() ?? ""}`,
      namespace: "AWS/EC2",
      metricName,
      dimensions: { InstanceId: this.instanceId },
      statistic: "Maximum",
      period: 60,
      evaluationPeriods: minutes,
      comparisonOperator: "GreaterThanThreshold",
      threshold: 0,
      alarmActions: [action],
    });
  }
}
