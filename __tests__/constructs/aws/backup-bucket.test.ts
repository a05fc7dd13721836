import { BackupBucket } from "../../../constructs/aws/backup-bucket";
import { type Properties, type StackJson, countsOf, resourceAt } from "../../support/assertions";
import { awsStackWith } from "../../support/aws-stack";

function stackFor(name: string): StackJson {
  return awsStackWith((scope) => new BackupBucket(scope, "backups", { name, days: 9 }));
}

describe("BackupBucket", () => {
  const stack = stackFor("guestbook");
  const only = (type: string): Properties => {
    const [id = "none"] = Object.keys(stack.resource?.[type] ?? {});
    return resourceAt(stack, `${type}.${id}`);
  };
  const bucket = "${aws_s3_bucket.backups.id}";

  it("is one bucket and what S3 has as resources of their own", () =>
    expect(countsOf(stack)).toEqual({
      aws_s3_bucket: 1,
      aws_s3_bucket_lifecycle_configuration: 1,
      aws_s3_bucket_policy: 1,
      aws_s3_bucket_public_access_block: 1,
      aws_s3_bucket_server_side_encryption_configuration: 1,
      aws_s3_bucket_versioning: 1,
    }));

  it("is never destroyed, and never emptied for it", () =>
    expect(resourceAt(stack, "aws_s3_bucket.backups")).toEqual({
      bucket_prefix: "guestbook-backups-",
      lifecycle: { prevent_destroy: true },
    }));

  it("keeps its prefix within the 37 characters that S3 takes, however long the name", () => {
    const { bucket_prefix: prefix } = resourceAt(stackFor("a".repeat(63)), "aws_s3_bucket.backups");
    expect(String(prefix).length).toBeLessThanOrEqual(37);
  });

  it("keeps what is overwritten, encrypts, and lets nobody in", () => {
    expect(only("aws_s3_bucket_versioning")).toEqual({
      bucket,
      versioning_configuration: { status: "Enabled" },
    });
    expect(only("aws_s3_bucket_server_side_encryption_configuration")).toEqual({
      bucket,
      rule: [
        { apply_server_side_encryption_by_default: { sse_algorithm: "aws:kms" }, bucket_key_enabled: true },
      ],
    });
    expect(only("aws_s3_bucket_public_access_block")).toEqual({
      bucket,
      block_public_acls: true,
      block_public_policy: true,
      ignore_public_acls: true,
      restrict_public_buckets: true,
    });
  });

  it("forgets dumps, and what was overwritten, after the days that are given", () =>
    expect(only("aws_s3_bucket_lifecycle_configuration")["rule"]).toEqual([
      {
        id: "expire",
        status: "Enabled",
        filter: [{}],
        expiration: [{ days: 9 }],
        noncurrent_version_expiration: [{ noncurrent_days: 9 }],
        abort_incomplete_multipart_upload: [{ days_after_initiation: 7 }],
      },
    ]));

  it("denies everybody everything without TLS", () => {
    const policy = String(only("aws_s3_bucket_policy")["policy"]);
    expect(policy).toContain('"Effect" = "Deny", "Principal" = "*", "Action" = "s3:*"');
    expect(policy).toContain('[aws_s3_bucket.backups.arn, "${aws_s3_bucket.backups.arn}/*"]');
    expect(policy).toContain('"Bool" = {"aws:SecureTransport" = "false"}');
  });
});
