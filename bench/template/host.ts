// The deployment with a machine on AWS, as the stock template of cdktf would have it: see local.ts.
import { type App, Fn, LocalBackend, TerraformOutput, TerraformStack } from "cdktf";
/* eslint-disable no-restricted-imports -- what is measured */
import {
  backupPlan,
  backupSelection,
  backupVault,
  cloudwatchMetricAlarm,
  dataAwsAmi,
  defaultSecurityGroup,
  ebsVolume,
  eip,
  eipAssociation,
  iamInstanceProfile,
  iamRole,
  iamRolePolicy,
  iamRolePolicyAttachment,
  instance,
  internetGateway,
  keyPair,
  provider,
  route,
  routeTable,
  routeTableAssociation,
  s3Bucket,
  s3BucketLifecycleConfiguration,
  s3BucketPolicy,
  s3BucketPublicAccessBlock,
  s3BucketServerSideEncryptionConfiguration,
  s3BucketVersioning,
  securityGroup,
  ssmParameter,
  subnet,
  volumeAttachment,
  vpc,
  vpcSecurityGroupEgressRule,
  vpcSecurityGroupIngressRule,
} from "@cdktf/provider-aws";
/* eslint-enable no-restricted-imports */

const NAME = "guestbook";
const REGION = "eu-central-1";
const tags = { Name: NAME };

class AwsStack extends TerraformStack {
  public constructor(app: App, id: string) {
    super(app, id);
    new provider.AwsProvider(this, "aws", { region: REGION });
    new LocalBackend(this, { path: `../../../state/${id}.tfstate` });
  }

  protected role(id: string, service: string): iamRole.IamRole {
    const statement = { Effect: "Allow", Principal: { Service: service }, Action: "sts:AssumeRole" };
    const assumeRolePolicy = Fn.jsonencode({ Version: "2012-10-17", Statement: [statement] });
    return new iamRole.IamRole(this, id, { name: `${NAME}-${id}`, assumeRolePolicy });
  }
}

class HostData extends AwsStack {
  public readonly volume = new ebsVolume.EbsVolume(this, "data", {
    availabilityZone: `${REGION}a`,
    size: 20,
    type: "gp3",
    encrypted: true,
    tags,
  });
  public readonly address = new eip.Eip(this, "address", { domain: "vpc", tags });
  public readonly key = new keyPair.KeyPair(this, "key", { keyName: NAME, publicKey: "ssh-ed25519 AAAA" });
  public readonly parameter = new ssmParameter.SsmParameter(this, "host-key", {
    name: `/${NAME}/host-key`,
    type: "SecureString",
    valueWo: Fn.file("key"),
    valueWoVersion: 1,
  });
  public readonly bucket = new s3Bucket.S3Bucket(this, "backups", { bucketPrefix: NAME });

  public constructor(app: App, id: string) {
    super(app, id);
    const bucket = this.bucket.id;
    new s3BucketPublicAccessBlock.S3BucketPublicAccessBlock(this, "block", { bucket, blockPublicAcls: true });
    new s3BucketVersioning.S3BucketVersioningA(this, "versions", {
      bucket,
      versioningConfiguration: { status: "Enabled" },
    });
    new s3BucketServerSideEncryptionConfiguration.S3BucketServerSideEncryptionConfigurationA(
      this,
      "encryption",
      {
        bucket,
        rule: [{ applyServerSideEncryptionByDefault: { sseAlgorithm: "aws:kms" } }],
      },
    );
    new s3BucketLifecycleConfiguration.S3BucketLifecycleConfiguration(this, "lifecycle", {
      bucket,
      rule: [{ id: "expire", status: "Enabled", filter: [{}], expiration: [{ days: 14 }] }],
    });
    new s3BucketPolicy.S3BucketPolicy(this, "policy", { bucket, policy: Fn.jsonencode({ Statement: [] }) });
    const role = this.role("snapshots", "backup.amazonaws.com");
    new iamRolePolicyAttachment.IamRolePolicyAttachment(this, "attachment", {
      role: role.name,
      policyArn: "arn:aws:iam::aws:policy/service-role/AWSBackupServiceRolePolicyForBackup",
    });
    const vault = new backupVault.BackupVault(this, "vault", { name: NAME });
    const plan = new backupPlan.BackupPlan(this, "plan", {
      name: NAME,
      rule: [{ ruleName: "nightly", targetVaultName: vault.name, schedule: "cron(0 3 * * ? *)" }],
    });
    new backupSelection.BackupSelection(this, "selection", {
      name: NAME,
      planId: plan.id,
      iamRoleArn: role.arn,
      resources: [this.volume.arn],
    });
  }
}

class Host extends AwsStack {
  public constructor(app: App, id: string, data: HostData) {
    super(app, id);
    const network = new vpc.Vpc(this, "vpc", { cidrBlock: "10.20.0.0/24", tags });
    const vpcId = network.id;
    new defaultSecurityGroup.DefaultSecurityGroup(this, "default-group", { vpcId });
    const net = new subnet.Subnet(this, "subnet", { vpcId, cidrBlock: "10.20.0.0/26", tags });
    const gateway = new internetGateway.InternetGateway(this, "gateway", { vpcId, tags });
    const routes = new routeTable.RouteTable(this, "routes", { vpcId, tags });
    new route.Route(this, "out", {
      routeTableId: routes.id,
      destinationCidrBlock: "0.0.0.0/0",
      gatewayId: gateway.id,
    });
    new routeTableAssociation.RouteTableAssociation(this, "association", {
      subnetId: net.id,
      routeTableId: routes.id,
    });
    const group = new securityGroup.SecurityGroup(this, "group", { vpcId, tags });
    for (const port of [80, 443]) {
      new vpcSecurityGroupIngressRule.VpcSecurityGroupIngressRule(this, `in-${port}`, {
        securityGroupId: group.id,
        ipProtocol: "tcp",
        fromPort: port,
        toPort: port,
        cidrIpv4: "0.0.0.0/0",
      });
    }
    new vpcSecurityGroupEgressRule.VpcSecurityGroupEgressRule(this, "egress", {
      securityGroupId: group.id,
      ipProtocol: "-1",
      cidrIpv4: "0.0.0.0/0",
    });
    const role = this.role("host", "ec2.amazonaws.com");
    for (const [name, Resource] of [
      ["session-manager", "*"],
      ["own-key", data.parameter.arn],
      ["own-dumps", data.bucket.arn],
    ] as const) {
      const policy = Fn.jsonencode({ Statement: [{ Effect: "Allow", Action: "ssm:*", Resource }] });
      new iamRolePolicy.IamRolePolicy(this, name, { name, role: role.name, policy });
    }
    const profile = new iamInstanceProfile.IamInstanceProfile(this, "profile", {
      name: NAME,
      role: role.name,
    });
    const ami = new dataAwsAmi.DataAwsAmi(this, "ubuntu", { owners: ["099720109477"], mostRecent: true });
    const host = new instance.Instance(this, "machine", {
      ami: ami.id,
      instanceType: "t4g.small",
      subnetId: net.id,
      vpcSecurityGroupIds: [group.id],
      iamInstanceProfile: profile.name,
      keyName: data.key.keyName,
      metadataOptions: { httpTokens: "required" },
      rootBlockDevice: { encrypted: true, volumeSize: 16 },
      tags,
    });
    new volumeAttachment.VolumeAttachment(this, "attachment", {
      deviceName: "/dev/sdf",
      volumeId: data.volume.id,
      instanceId: host.id,
    });
    new eipAssociation.EipAssociation(this, "eip", { allocationId: data.address.id, instanceId: host.id });
    for (const metricName of ["StatusCheckFailed_System", "StatusCheckFailed_Instance"]) {
      new cloudwatchMetricAlarm.CloudwatchMetricAlarm(this, metricName, {
        alarmName: `${NAME}-${metricName}`,
        metricName,
        namespace: "AWS/EC2",
        dimensions: { InstanceId: host.id },
        evaluationPeriods: 2,
        comparisonOperator: "GreaterThanThreshold",
      });
    }
    new TerraformOutput(this, "public-address", { value: data.address.publicIp });
  }
}

/** The stacks on AWS, beside those on the local engine. */
export function addHost(app: App): void {
  new Host(app, "host", new HostData(app, "host-data"));
}
