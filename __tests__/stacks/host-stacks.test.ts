import { type Host, SshAccess } from "../../config/host";
import { addHostStacks } from "../../synth/add-host-stacks";
import { addressesOf } from "../support/assertions";
import { guestbookOnGitHub, guestbookOnHost } from "../support/guestbook";
import { HOST_STACKS, STACKS, type Synthesis, programFolder, synthesized } from "../support/synthesis";

function synthesizedWith(host: Partial<Host> = {}): Synthesis {
  const root = programFolder();
  return synthesized(guestbookOnHost(root, host), { root, hostStacks: addHostStacks });
}

const synthesis = synthesizedWith();

/**
 * What holds data, and what people's machines are known by: one that changes is a resource destroyed and another made.
 * A change here needs a `moved` block, and for the first five there is no excuse.
 */
const ADDRESSES = {
  "host-data": [
    "aws_backup_plan.snapshots_plan_576EC32E",
    "aws_backup_selection.snapshots_selection_60802B04",
    "aws_backup_vault.snapshots",
    "aws_ebs_volume.data",
    "aws_eip.address",
    "aws_iam_role.snapshots_role_81B246F7",
    "aws_iam_role_policy_attachment.snapshots_role-policy_25C21F15",
    "aws_key_pair.deploy-key",
    "aws_s3_bucket.backups",
    "aws_s3_bucket_lifecycle_configuration.backups_lifecycle_FF7AB924",
    "aws_s3_bucket_policy.backups_policy_2715A676",
    "aws_s3_bucket_public_access_block.backups_public-access-block_C62D3470",
    "aws_s3_bucket_server_side_encryption_configuration.backups_encryption_6241F8F1",
    "aws_s3_bucket_versioning.backups_versioning_3AA5FAE0",
    "aws_ssm_parameter.host_key",
    "output.cross-stack-output-aws_ebs_volumedataid",
    "output.cross-stack-output-aws_eipaddressid",
    "output.cross-stack-output-aws_eipaddresspublic_ip",
    "output.cross-stack-output-aws_key_pairdeploy-keykey_name",
    "output.cross-stack-output-aws_s3_bucketbackupsarn",
    "output.cross-stack-output-aws_ssm_parameterhost_keyarn",
    "output.public-address",
  ],
  host: [
    "aws_cloudwatch_metric_alarm.instance_alarm-instance_1A299B11",
    "aws_cloudwatch_metric_alarm.instance_alarm-system_882B74F3",
    "aws_default_security_group.network_default-group_CF7EF708",
    "aws_eip_association.instance_address_DF26D7B4",
    "aws_iam_instance_profile.role_profile_E2769392",
    "aws_iam_role.role_3D9F059D",
    "aws_iam_role_policy.role_own-dumps_DAEC704D",
    "aws_iam_role_policy.role_own-key_0720099B",
    "aws_iam_role_policy.role_session-manager_5A09A406",
    "aws_instance.host",
    "aws_internet_gateway.network_gateway_C37CB9ED",
    "aws_route.network_out_6B16FE84",
    "aws_route_table.network_routes_8D075533",
    "aws_route_table_association.network_subnet-routes_F8D492A6",
    "aws_security_group.firewall_group_34FA53E9",
    "aws_subnet.network_subnet_E45498CD",
    "aws_volume_attachment.instance_data_F9F519FA",
    "aws_vpc.network_vpc_4E8F0223",
    "aws_vpc_security_group_egress_rule.firewall_out_1DE0571E",
    "aws_vpc_security_group_ingress_rule.firewall_http_476215AC",
    "aws_vpc_security_group_ingress_rule.firewall_https_93DBC959",
    "output.address",
    "output.costs",
    "output.session",
    "output.ssh",
    "output.url",
    "var.host_protected",
  ],
} as const;

describe("each stack", () => {
  it.each(HOST_STACKS)("%s is", (name) => expect(synthesis.stack(name)).toMatchSnapshot());

  it.each(HOST_STACKS)("%s has these addresses and no other", (name) =>
    expect(addressesOf(synthesis.stack(name))).toEqual(ADDRESSES[name]),
  );

  it.each(HOST_STACKS)("%s tags all that it makes, by default and as the deployment says", (name) =>
    expect(synthesizedWith({ tags: { team: "web" } }).stack(name).provider).toEqual({
      aws: [
        {
          region: "eu-central-1",
          default_tags: [
            { tags: { team: "web", "django-deployment": "guestbook", "django-deployment:stack": name } },
          ],
        },
      ],
    }),
  );

  it.each(HOST_STACKS)("%s is for no other account than the one in which the host was made", (name) =>
    expect(synthesizedWith({ account: "123456789012" }).stack(name).provider).toMatchObject({
      aws: [{ allowed_account_ids: ["123456789012"] }],
    }),
  );

  it.each(HOST_STACKS)("%s keeps its state in a bucket with a lock when it is told to", (name) =>
    expect(synthesizedWith({ stateBucket: "team-terraform" }).stack(name).terraform?.["backend"]).toEqual({
      s3: {
        bucket: "team-terraform",
        key: `guestbook/${name}.tfstate`,
        region: "eu-central-1",
        encrypt: true,
        use_lockfile: true,
      },
    }),
  );
});

const OIDC_PROVIDER = "aws_iam_openid_connect_provider.github";

/** What a release from GitHub needs of the machine. */
const RUNNER = [
  "aws_iam_role.runner_role_AFAFDF53",
  "aws_iam_role_policy.role_stale-rules_182701F1",
  "aws_iam_role_policy.runner_own-address_75A92FB9",
];

describe("the stack of the machine", () => {
  it("has a role for GitHub's runner where it opens the port, lets the machine close it, and leaves it closed", () => {
    const root = programFolder();
    const stack = synthesized(guestbookOnGitHub(root), { root, hostStacks: addHostStacks }).stack("host");
    expect(addressesOf(stack)).toEqual([...ADDRESSES.host, ...RUNNER].sort());
  });

  it("has none where port 22 is open as the notes have it", () => {
    const root = programFolder();
    const deployment = guestbookOnGitHub(root, {}, { ssh: SshAccess.ANYWHERE });
    const addresses = addressesOf(synthesized(deployment, { root, hostStacks: addHostStacks }).stack("host"));
    expect(addresses.filter((address) => /runner|stale-rules/.test(address))).toEqual([]);
    expect(addresses.filter((address) => address.includes("ssh-"))).toHaveLength(1);
  });
});

describe("the stack of data", () => {
  it("has GitHub's OIDC provider where the runner needs it: it outlives the machine, as other projects use it too", () => {
    const root = programFolder();
    const deployment = guestbookOnGitHub(root);
    const stack = synthesized(deployment, { root, hostStacks: addHostStacks }).stack("host-data");
    expect(
      addressesOf(stack).filter((address) => !ADDRESSES["host-data"].some((known) => known === address)),
    ).toEqual([OIDC_PROVIDER, "output.cross-stack-output-aws_iam_openid_connect_providergithubarn"]);
  });

  it("protects what can't be had again", () => {
    const { resource = {} } = synthesis.stack("host-data");
    const isProtected = Object.entries(resource).flatMap(([type, ids]) =>
      Object.entries(ids)
        .filter(
          ([, { lifecycle }]) => (lifecycle as { prevent_destroy?: boolean } | undefined)?.prevent_destroy,
        )
        .map(([id]) => `${type}.${id}`),
    );
    expect(isProtected.sort()).toEqual([
      "aws_backup_vault.snapshots",
      "aws_ebs_volume.data",
      "aws_eip.address",
      "aws_s3_bucket.backups",
    ]);
  });

  it("has neither snapshots nor a bucket where no backups are wanted", () =>
    expect(addressesOf(synthesizedWith({ backupDays: undefined }).stack("host-data"))).toEqual(
      ADDRESSES["host-data"].filter((address) => !/backup|snapshots|s3_bucket/.test(address)),
    ));
});

describe("the stacks' order", () => {
  it("is data, then machine; the local stacks have nothing to do with them", () => {
    const { stacks } = JSON.parse(String(synthesis.files().get("manifest.json"))) as {
      stacks: Record<string, { dependencies: string[] }>;
    };
    expect(Object.keys(stacks).sort()).toEqual([...STACKS, ...HOST_STACKS].sort());
    expect(stacks["host-data"]?.dependencies).toEqual([]);
    expect(stacks["host"]?.dependencies).toEqual(["host-data"]);
  });

  it("starts at none where the deployment has no host", () => {
    const deployment = { ...guestbookOnHost(programFolder()), host: undefined };
    expect(() => synthesized(deployment, { hostStacks: addHostStacks }).stack("host")).toThrow("ENOENT");
  });
});
