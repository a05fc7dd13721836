/** One finding of checkov that is as we want it. */
export interface Exception {
  readonly resource: string;
  readonly check: string;
  readonly why: string;
}

/** Every finding that is left, by stack. What is not in here fails the test, and so does what is no finding any more. */
export const EXCEPTIONS: Readonly<Record<"host-data" | "host", readonly Exception[]>> = {
  "host-data": [
    {
      resource: "aws_backup_vault.snapshots",
      check: "CKV_AWS_166",
      why: "AWS's own key encrypts it; a key of one's own costs 1 $ a month.",
    },
    {
      resource: "aws_ebs_volume.data",
      check: "CKV_AWS_189",
      why: "AWS's own key encrypts it; a key of one's own costs 1 $ a month.",
    },
    {
      resource: "aws_ssm_parameter.host_key",
      check: "CKV_AWS_337",
      why: "AWS's own key encrypts it; a key of one's own costs 1 $ a month.",
    },
    {
      resource: "aws_eip.address",
      check: "CKV2_AWS_19",
      why: "The stack of the machine attaches it: the address outlives the machine.",
    },
    {
      resource: "aws_s3_bucket.backups",
      check: "CKV2_AWS_62",
      why: "Nothing waits for a dump, so nothing needs to hear of it.",
    },
    {
      resource: "aws_s3_bucket.backups",
      check: "CKV_AWS_18",
      why: "One machine writes it and nobody else may; a log would need a second bucket.",
    },
    {
      resource: "aws_s3_bucket.backups",
      check: "CKV_AWS_144",
      why: "It holds copies, beside the volume's snapshots; a copy of them in another region costs as much again.",
    },
  ],
  host: [
    {
      resource: "aws_iam_role_policy.role_session-manager_5A09A406",
      check: "CKV_AWS_290",
      why: "Session Manager's channels have no resource that a policy could name.",
    },
    {
      resource: "aws_iam_role_policy.role_session-manager_5A09A406",
      check: "CKV_AWS_355",
      why: "Session Manager's channels have no resource that a policy could name.",
    },
    {
      resource: "aws_instance.host",
      check: "CKV_AWS_135",
      why: "Every current type is optimized for EBS by itself, and t2 refuses the argument.",
    },
    {
      resource: "aws_instance.host",
      check: "CKV_AWS_126",
      why: "Status checks come each minute without it, and it costs money.",
    },
    {
      resource: "aws_vpc_security_group_ingress_rule.firewall_http_476215AC",
      check: "CKV_AWS_260",
      why: "It is a web server: browsers ask on port 80 first.",
    },
    {
      resource: "aws_vpc.network_vpc_4E8F0223",
      check: "CKV2_AWS_11",
      why: "Flow logs of one public web server cost money and tell what nginx's log tells.",
    },
  ],
};
