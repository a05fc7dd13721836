import { Snapshots } from "../../../constructs/aws/snapshots";
import { type Properties, countsOf, resourceAt } from "../../support/assertions";
import { awsStackWith } from "../../support/aws-stack";

describe("Snapshots", () => {
  const props = { name: "guestbook", region: "eu-central-1", volumeArn: "arn:volume", days: 9 };
  const stack = awsStackWith((scope) => new Snapshots(scope, "snapshots", props));
  const only = (type: string): Properties | undefined => Object.values(stack.resource?.[type] ?? {})[0];

  it("is a vault, a plan, what it is about, and AWS Backup's role", () =>
    expect(countsOf(stack)).toEqual({
      aws_backup_plan: 1,
      aws_backup_selection: 1,
      aws_backup_vault: 1,
      aws_iam_role: 1,
      aws_iam_role_policy_attachment: 1,
    }));

  it("keeps the vault, whatever happens to the plan", () =>
    expect(resourceAt(stack, "aws_backup_vault.snapshots")).toEqual({
      name: "guestbook",
      lifecycle: { prevent_destroy: true },
    }));

  it("takes one each night and keeps it for the days that are given", () =>
    expect(only("aws_backup_plan")?.["rule"]).toEqual([
      {
        rule_name: "nightly",
        target_vault_name: "${aws_backup_vault.snapshots.name}",
        schedule: "cron(0 3 * * ? *)",
        lifecycle: { delete_after: 9 },
      },
    ]));

  it("is about the volume and nothing else", () =>
    expect(only("aws_backup_selection")?.["resources"]).toEqual(["arn:volume"]));

  it("lets AWS Backup do what AWS says that it needs", () => {
    expect(only("aws_iam_role")?.["assume_role_policy"]).toContain('"Service" = "backup.amazonaws.com"');
    expect(only("aws_iam_role_policy_attachment")?.["policy_arn"]).toBe(
      "arn:aws:iam::aws:policy/service-role/AWSBackupServiceRolePolicyForBackup",
    );
  });
});
