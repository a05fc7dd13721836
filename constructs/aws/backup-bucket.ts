import { S3Bucket } from "@cdktf/provider-aws/lib/s3-bucket";
import { S3BucketLifecycleConfiguration } from "@cdktf/provider-aws/lib/s3-bucket-lifecycle-configuration";
import { S3BucketPolicy } from "@cdktf/provider-aws/lib/s3-bucket-policy";
import { S3BucketPublicAccessBlock } from "@cdktf/provider-aws/lib/s3-bucket-public-access-block";
import { S3BucketServerSideEncryptionConfigurationA } from "@cdktf/provider-aws/lib/s3-bucket-server-side-encryption-configuration";
import { S3BucketVersioningA } from "@cdktf/provider-aws/lib/s3-bucket-versioning";
import { Construct } from "constructs";
import { policyDocument } from "./policy";

export interface BackupBucketProps {
  /** Name of the deployment. */
  readonly name: string;
  /** Days for which an object is kept. */
  readonly days: number;
}

/** Days after which an upload that never ended is dropped. */
const UNFINISHED_DAYS = 7;

/** A place for dumps of the database, which nothing of ours writes yet: versioned, encrypted, private, over TLS only. */
export class BackupBucket extends Construct {
  /** Name of the bucket; a token. */
  public readonly bucket: string;
  /** ARN of the bucket; a token. */
  public readonly arn: string;

  public constructor(scope: Construct, id: string, { name, days }: BackupBucketProps) {
    super(scope, id);
    // Names of buckets are shared by the whole world: AWS appends what makes this one unique.
    const bucket = new S3Bucket(this, "bucket", {
      bucketPrefix: `${name.slice(0, 20)}-backups-`,
      lifecycle: { preventDestroy: true },
    });
    bucket.overrideLogicalId("backups");
    this.bucket = bucket.bucket;
    this.arn = bucket.arn;

    const block = new S3BucketPublicAccessBlock(this, "public-access-block", {
      bucket: bucket.id,
      blockPublicAcls: true,
      blockPublicPolicy: true,
      ignorePublicAcls: true,
      restrictPublicBuckets: true,
    });
    const versioning = new S3BucketVersioningA(this, "versioning", {
      bucket: bucket.id,
      versioningConfiguration: { status: "Enabled" },
    });
    new S3BucketServerSideEncryptionConfigurationA(this, "encryption", {
      bucket: bucket.id,
      rule: [{ applyServerSideEncryptionByDefault: { sseAlgorithm: "aws:kms" }, bucketKeyEnabled: true }],
    });
    new S3BucketLifecycleConfiguration(this, "lifecycle", {
      bucket: bucket.id,
      rule: [
        {
          id: "expire",
          status: "Enabled",
          filter: [{}],
          expiration: [{ days }],
          noncurrentVersionExpiration: [{ noncurrentDays: days }],
          abortIncompleteMultipartUpload: [{ daysAfterInitiation: UNFINISHED_DAYS }],
        },
      ],
      dependsOn: [versioning],
    });
    new S3BucketPolicy(this, "policy", {
      bucket: bucket.id,
      policy: policyDocument([
        {
          Sid: "TlsOnly",
          Effect: "Deny",
          Principal: "*",
          Action: "s3:*",
          Resource: [bucket.arn, `${bucket.arn}/*`],
          Condition: { Bool: { "aws:SecureTransport": "false" } },
        },
      ]),
      dependsOn: [block],
    });
  }
}
