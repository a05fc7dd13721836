import { BackupPlan } from "@cdktf/provider-aws/lib/backup-plan";
import { BackupSelection } from "@cdktf/provider-aws/lib/backup-selection";
import { BackupVault } from "@cdktf/provider-aws/lib/backup-vault";
import { IamRole } from "@cdktf/provider-aws/lib/iam-role";
import { IamRolePolicyAttachment } from "@cdktf/provider-aws/lib/iam-role-policy-attachment";
import { Construct } from "constructs";
import { trustPolicy } from "./policy";

export interface SnapshotsProps {
  /** Name of the deployment. */
  readonly name: string;
  /** AWS region: names of roles are an account's, of all regions. */
  readonly region: string;
  /** ARN of the volume. */
  readonly volumeArn: string;
  /** Days for which a snapshot is kept. */
  readonly days: number;
}

/** At 3 UTC, before the machine may restart for upgrades (synth/add-host-stacks.ts). */
const NIGHTLY = "cron(0 3 * * ? *)";

/** A snapshot of the data volume each night, by AWS Backup. */
export class Snapshots extends Construct {
  public constructor(scope: Construct, id: string, { name, region, volumeArn, days }: SnapshotsProps) {
    super(scope, id);
    const vault = new BackupVault(this, "vault", { name, lifecycle: { preventDestroy: true } });
    vault.overrideLogicalId("snapshots");
    const role = new IamRole(this, "role", {
      name: `${name}-snapshots-${region}`,
      description: `AWS Backup of ${name}`,
      assumeRolePolicy: trustPolicy("backup.amazonaws.com"),
    });
    new IamRolePolicyAttachment(this, "role-policy", {
      role: role.name,
      policyArn: "arn:aws:iam::aws:policy/service-role/AWSBackupServiceRolePolicyForBackup",
    });
    const plan = new BackupPlan(this, "plan", {
      name,
      rule: [
        {
          ruleName: "nightly",
          targetVaultName: vault.name,
          schedule: NIGHTLY,
          lifecycle: { deleteAfter: days },
        },
      ],
    });
    new BackupSelection(this, "selection", {
      name,
      planId: plan.id,
      iamRoleArn: role.arn,
      resources: [volumeArn],
    });
  }
}
