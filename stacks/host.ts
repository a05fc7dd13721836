import { Fn, TerraformOutput } from "cdktf";
import type { Construct } from "constructs";
import { Firewall } from "../constructs/aws/firewall";
import { HostInstance } from "../constructs/aws/host-instance";
import { HostNetwork } from "../constructs/aws/host-network";
import { HostRole } from "../constructs/aws/host-role";
import { RunnerRole } from "../constructs/aws/runner-role";
import { DATA_VOLUME_PLACEHOLDER } from "../host/user-data";
import { AwsStack, type AwsStackProps } from "./aws-stack";
import type { HostDataStack } from "./host-data";

export interface HostStackProps extends AwsStackProps {
  /** What outlives the machine. */
  readonly data: HostDataStack;
}

/** How GitHub's runner gets at the machine; tokens. */
export interface RunnerAccess {
  /** ARN of the role that it takes. */
  readonly roleArn: string;
  /** Id of the security group in which it opens the port. */
  readonly securityGroupId: string;
}

/** The machine and what lets it be reached. Nothing in it is missed when it is gone. */
export class HostStack extends AwsStack {
  /** What a release from GitHub opens port 22 with; undefined: it is open to whom it may concern, or to nobody. */
  public readonly runner?: RunnerAccess;

  public constructor(scope: Construct, id: string, props: HostStackProps) {
    super(scope, id, props);
    const { data, host } = props;
    const { name, github } = props.deployment;
    const network = new HostNetwork(this, "network", { name, zone: host.zone });
    const firewall = new Firewall(this, "firewall", { name, vpcId: network.vpcId, ssh: host.ssh });
    const { securityGroupArn, securityGroupId } = firewall;
    const role = new HostRole(this, "role", {
      name,
      region: host.region,
      hostKeyArn: data.hostKey.parameterArn,
      bucketArn: data.bucket?.arn,
      ...(data.oidcProvider && { runnersGroupArn: securityGroupArn }),
    });
    if (github && data.oidcProvider) {
      const { arn } = new RunnerRole(this, "runner", {
        name,
        region: host.region,
        github,
        oidcProviderArn: data.oidcProvider.arn,
        securityGroupArn,
      });
      this.runner = { roleArn: arn, securityGroupId };
    }
    const instance = new HostInstance(this, "instance", {
      name,
      host,
      subnetId: network.subnetId,
      securityGroupId,
      instanceProfile: role.instanceProfile,
      keyName: data.keyName,
      // EC2 takes 16 KiB: packed, it fits.
      userData: Fn.base64gzip(
        Fn.replace(Fn.file(props.files.cloudInit), DATA_VOLUME_PLACEHOLDER, data.volume.volumeId),
      ),
      volumeId: data.volume.volumeId,
      allocationId: data.address.allocationId,
    });

    const address = data.address.publicIp;
    const output = (id: string, value: string, description: string): void => {
      new TerraformOutput(this, id, { value, description });
    };
    output("address", address, "The machine's public address");
    output("url", `http://${host.domain ?? address}/`, "Where the application answers after a release");
    output(
      "ssh",
      `ssh ubuntu@${address}`,
      "Over ssh, from the networks in host.ssh: the deploy key does verbs, a key of your own opens a shell",
    );
    output(
      "session",
      `aws ssm start-session --region ${host.region} --target ${instance.instanceId}`,
      "A shell",
    );
    new TerraformOutput(this, "costs", {
      value: {
        instance: host.instanceType.name,
        root_disk: `${host.rootDisk} GiB gp3`,
        data_volume: `${host.dataDisk} GiB gp3`,
        address: "1 public IPv4 address",
        snapshots:
          host.backupDays === undefined ? "none" : `${host.backupDays} nightly snapshots of the data volume`,
        bucket: host.backupDays === undefined ? "none" : "empty: nothing of ours writes dumps into it yet",
        alarms: "2 CloudWatch alarms",
      },
      description: "What AWS charges for, each with its size",
    });
  }
}
