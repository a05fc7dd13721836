import { KeyPair } from "@cdktf/provider-aws/lib/key-pair";
import { TerraformOutput } from "cdktf";
import type { Construct } from "constructs";
import { Address } from "../constructs/aws/address";
import { BackupBucket } from "../constructs/aws/backup-bucket";
import { DataVolume } from "../constructs/aws/data-volume";
import { GitHubOidcProvider } from "../constructs/aws/github-oidc-provider";
import { HostKey } from "../constructs/aws/host-key";
import { Snapshots } from "../constructs/aws/snapshots";
import { AwsStack, type AwsStackProps } from "./aws-stack";

/**
 * What outlives every machine: the data, the address, the backups and the keys by which the machine is known; and what
 * other projects of the account rely on.
 */
export class HostDataStack extends AwsStack {
  public readonly volume: DataVolume;
  public readonly address: Address;
  public readonly hostKey: HostKey;
  /** Undefined when the deployment wants no backups. */
  public readonly bucket?: BackupBucket;
  /** Undefined when GitHub's runner needs no way in. */
  public readonly oidcProvider?: GitHubOidcProvider;
  /** Name of the key pair; a token. */
  public readonly keyName: string;

  public constructor(scope: Construct, id: string, props: AwsStackProps) {
    super(scope, id, props);
    const { host } = props;
    const { name, github } = props.deployment;
    this.volume = new DataVolume(this, "volume", { name, zone: host.zone, size: host.dataDisk });
    this.address = new Address(this, "address", { name });
    this.hostKey = new HostKey(this, "host-key", {
      name,
      file: props.files.fromStack(host.keys.host.file),
      publicKey: host.keys.host.publicKey,
    });
    this.keyName = new KeyPair(this, "deploy-key", {
      keyName: name,
      publicKey: host.keys.deploy.publicKey,
    }).keyName;
    if (host.backupDays !== undefined) {
      this.bucket = new BackupBucket(this, "backups", { name, days: host.backupDays });
      new Snapshots(this, "snapshots", {
        name,
        region: host.region,
        volumeArn: this.volume.arn,
        days: host.backupDays,
      });
    }
    if (github && host.ssh.byRunner) this.oidcProvider = new GitHubOidcProvider(this, "github", github);
    new TerraformOutput(this, "public-address", {
      value: this.address.publicIp,
      description: "The machine's public address",
    });
  }
}
