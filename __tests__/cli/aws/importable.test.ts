import { importablesOf } from "../../../cli/aws/importable";
import type { Inventory } from "../../../cli/aws/inventory";
import { HOST_STACKS, synthesized } from "../../support/synthesis";
import { addHostStacks } from "../../../synth/add-host-stacks";
import { guestbookOnGitHub } from "../../support/guestbook";
import { programFolder } from "../../support/synthesis";
import type { Resources } from "../../../cli/aws/importable";

const inventory: Inventory = {
  account: "123456789012",
  volumes: [{ id: "vol-1", size: 20, zone: "eu-central-1a", created: "2026-05-01", machines: ["i-2"] }],
  addresses: [{ id: "eipalloc-1", address: "192.0.2.1" }],
  machines: ["i-1", "i-2"],
  snapshots: [],
  arns: ["arn:aws:s3:::guestbook-backups-77", "arn:aws:backup:eu-central-1:123456789012:backup-plan:ab-12"],
  vpcs: ["vpc-1"],
  subnets: ["subnet-1"],
  routeTables: ["rtb-1"],
  groups: ["sg-1"],
  gateways: ["igw-1"],
  rules: [
    { id: "sgr-80", egress: false, port: 80, network: "0.0.0.0/0" },
    { id: "sgr-443", egress: false, port: 443, network: "0.0.0.0/0" },
    { id: "sgr-out", egress: true, port: null, network: "0.0.0.0/0" },
  ],
  associations: ["eipassoc-1"],
};

const root = programFolder();
const { stack } = synthesized(guestbookOnGitHub(root), { root, hostStacks: addHostStacks });
const resources = {
  "host-data": stack("host-data").resource as Resources,
  host: stack("host").resource as Resources,
};

const idsOf = (has: Inventory): Record<string, string> =>
  Object.fromEntries(
    HOST_STACKS.flatMap((id) => importablesOf(resources[id], has, "vol-1")).map(({ address, id }) => [
      // Without the part that cdktf appends.
      address.replace(/_[0-9A-F]{8}$/, ""),
      id,
    ]),
  );

it("finds everything of both stacks but what nothing on AWS names", () => {
  const all = HOST_STACKS.flatMap((id) =>
    Object.entries(resources[id]).flatMap(([type, objects]) =>
      Object.keys(objects).map((key) => `${type}.${key}`),
    ),
  );
  const found = HOST_STACKS.flatMap((id) => importablesOf(resources[id], inventory, "vol-1")).map(
    ({ address }) => address,
  );
  expect(
    all
      .filter((address) => !found.includes(address))
      .map((address) => address.split(".")[0])
      .sort(),
  ).toEqual(["aws_backup_selection", "aws_default_security_group", "aws_iam_openid_connect_provider"]);
});

it("knows by which id the provider finds each of them", () => {
  expect(idsOf(inventory)).toMatchObject({
    "aws_ebs_volume.data": "vol-1",
    "aws_eip.address": "eipalloc-1",
    "aws_s3_bucket.backups": "guestbook-backups-77",
    "aws_backup_vault.snapshots": "guestbook",
    "aws_ssm_parameter.host_key": "/django-deployment/guestbook/ssh-host-key",
    // The machine that has the volume, not the first.
    "aws_instance.host": "i-2",
  });
  const ids = Object.values(idsOf(inventory));
  expect(ids).toEqual(
    expect.arrayContaining([
      "/dev/sdf:vol-1:i-2",
      "rtb-1_0.0.0.0/0",
      "subnet-1/rtb-1",
      "guestbook-host-eu-central-1:own-key",
      "sgr-443",
      "sgr-out",
      "eipassoc-1",
      "ab-12",
    ]),
  );
  expect(ids.filter((id) => id.includes("undefined") || id.includes("${"))).toEqual([]);
});

it("imports what holds data first, and leaves out what AWS has not", () => {
  const [first] = importablesOf(resources["host-data"], inventory, "vol-1");
  expect(first?.address).toBe("aws_ebs_volume.data");
  const few = idsOf({ ...inventory, addresses: [], machines: [], volumes: [], vpcs: [], arns: [] });
  expect(Object.keys(few)).not.toEqual(
    expect.arrayContaining(["aws_eip.address", "aws_instance.host", "aws_s3_bucket.backups"]),
  );
});
