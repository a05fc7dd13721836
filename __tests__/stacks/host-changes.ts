import type { Action } from "../../cli/terraform/plan";
import { type Host, SshAccess } from "../../config/host";
import { LONG } from "../e2e/support/counts";

/** What a plan does: address → actions. What is not named is left alone. */
export type Actions = Readonly<Record<string, readonly Action[]>>;

/** A change about the machine. */
export interface MachineChange {
  readonly what: string;
  /** In `deployment.ts`. @default nothing */
  readonly host?: Partial<Host>;
  /** In what Terraform knows of the machine's stack. @default nothing */
  readonly state?: (state: string) => string;
  /** What it does to the stack of its data. @default nothing: the JSON stays the same, byte for byte */
  readonly data?: Actions;
  readonly expected: Actions;
}

/** A change that the guard refuses. */
export interface RefusedChange {
  readonly what: string;
  /** In `deployment.ts`. @default nothing */
  readonly host?: Partial<Host>;
  /** Name of the deployment. @default as it was */
  readonly name?: string;
  /** Arguments of `terraform plan`. @default none */
  readonly args?: readonly string[];
  /** What the guard refuses: address, action and reason. */
  readonly refused: readonly (readonly [address: string, action: "replace" | "delete", reason: string])[];
}

const CHANGES: readonly (MachineChange & { readonly long?: boolean })[] = [
  {
    what: "a newer Ubuntu",
    state: (state) => state.replace(/"ami-[0-9a-f]+"/g, '"ami-00000000000000000"'),
    expected: {},
  },
  {
    what: "another first boot",
    state: (state) => state.replace(/"user_data_base64": "[^"]+"/, '"user_data_base64": "b3RoZXI="'),
    expected: {},
  },
  {
    what: "a larger type",
    host: { instanceType: { name: "t4g.medium", memory: 4096, processors: 2, architecture: "arm64" } },
    expected: { "aws_instance.host": ["update"] },
  },
  {
    what: "a larger disk of the system",
    host: { rootDisk: 32 },
    expected: { "aws_instance.host": ["update"] },
    long: true,
  },
  {
    what: "ssh from one network, so that GitHub's runner needs no way in",
    host: { ssh: SshAccess.fromNetworks(["192.0.2.0/24"]) },
    data: { "aws_iam_openid_connect_provider.github": ["delete"] },
    expected: {
      "aws_iam_role.runner_role_AFAFDF53": ["delete"],
      "aws_iam_role_policy.role_stale-rules_182701F1": ["delete"],
      "aws_iam_role_policy.runner_own-address_75A92FB9": ["delete"],
      "aws_vpc_security_group_ingress_rule.firewall_ssh-192-0-2-0-24_23DE325D": ["create"],
    },
  },
  {
    what: "an address that was taken off",
    state: (state) => {
      const json = JSON.parse(state) as { readonly resources: readonly { readonly type: string }[] };
      const resources = json.resources.filter(({ type }) => type !== "aws_eip_association");
      return JSON.stringify({ ...json, resources });
    },
    expected: { "aws_eip_association.instance_address_DF26D7B4": ["create"] },
  },
];

/** Those of `make test`, or all of them. */
export const MACHINE_CHANGES: readonly MachineChange[] = CHANGES.filter(({ long }) => LONG || !long);

/** Everything of the data's stack that has tags. */
export const TAGGED: Actions = {
  "aws_backup_plan.snapshots_plan_576EC32E": ["update"],
  "aws_backup_vault.snapshots": ["update"],
  "aws_ebs_volume.data": ["update"],
  "aws_eip.address": ["update"],
  "aws_iam_openid_connect_provider.github": ["update"],
  "aws_iam_role.snapshots_role_81B246F7": ["update"],
  "aws_key_pair.deploy-key": ["update"],
  "aws_s3_bucket.backups": ["update"],
  "aws_ssm_parameter.host_key": ["update"],
};

const REMOVED = "no resource of that id is in the code any more: it was renamed or removed";

const REFUSED: readonly (RefusedChange & { readonly long?: boolean })[] = [
  {
    what: "another zone",
    host: { zone: "eu-central-1b" },
    refused: [["aws_ebs_volume.data", "replace", "availability_zone can't be changed in place"]],
  },
  {
    what: "another name",
    long: true,
    name: "shop",
    refused: [
      ["aws_backup_vault.snapshots", "replace", "name can't be changed in place"],
      ["aws_key_pair.deploy-key", "replace", "key_name can't be changed in place"],
      ["aws_s3_bucket.backups", "replace", "bucket_prefix can't be changed in place"],
    ],
  },
  {
    what: "no backups any more, which prevent_destroy does not see",
    host: { backupDays: undefined },
    refused: [
      ["aws_backup_vault.snapshots", "delete", REMOVED],
      ["aws_s3_bucket.backups", "delete", REMOVED],
    ],
  },
  {
    what: "another address",
    long: true,
    args: ["-replace=aws_eip.address"],
    refused: [["aws_eip.address", "replace", "its replacement was asked for"]],
  },
];

/** Those of `make test`, or all of them. */
export const REFUSED_CHANGES: readonly RefusedChange[] = REFUSED.filter(({ long }) => LONG || !long);
