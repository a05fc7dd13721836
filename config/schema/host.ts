import * as z from "zod";
import { descriptions, text, whole } from "./values";

/** Who may open a connection to port 22. */
const ssh = z.union([z.enum(["nobody", "anywhere"]), z.array(z.string()).min(1)]).register(descriptions, {
  expected: '"nobody", "anywhere" or a list of networks in CIDR form',
  example: ["192.0.2.0/24"],
});

const keyPath = text(/^[^\0-\x1f\x7f]+$/, "the path of a private ssh key", "keys/deploy_ed25519");

/** One machine on AWS, and what must outlive it. Credentials come from the environment, never from here. */
export const hostSchema = z.strictObject({
  /** AWS region. */
  region: text(/^[a-z]{2}(-[a-z]+)+-\d$/, "an AWS region", "eu-central-1"),
  /**
   * Availability zone. The data volume lives there for good: another zone is another volume.
   *
   * @default the region's first, `<region>a`
   */
  zone: text(
    /^[a-z]{2}(-[a-z]+)+-\d[a-z]$/,
    "an availability zone: the region and one letter",
    "eu-central-1a",
  ).optional(),
  /**
   * EC2 instance type; memory limits, gunicorn's workers and MariaDB's buffers follow from it.
   *
   * @default `t4g.small`
   * @source our choice: with 2 GiB the smallest on which two releases overlap without a squeeze
   */
  instanceType: text(/^[a-z0-9-]+\.[a-z0-9-]+$/, "an EC2 instance type", "t4g.small").default("t4g.small"),
  /**
   * Processor architecture.
   *
   * @default that of the instance type
   */
  architecture: z.enum(["arm64", "amd64"]).optional(),
  /**
   * Disk of the system.
   *
   * @default 16
   * @source our choice: Ubuntu takes 3 GiB, a swap file up to 2; images lie on the data volume
   */
  rootDisk: whole(8, 16_384, "GiB").default(16),
  /**
   * Volume of the data: database, uploads and images. It can grow later, never shrink.
   *
   * @default 20
   * @source our choice: five releases of images take some 3 GiB
   */
  dataDisk: whole(8, 16_384, "GiB").default(20),
  /**
   * Who may use ssh. With `"nobody"` Session Manager gives the shell.
   *
   * @default `"nobody"`
   */
  ssh: ssh.default("nobody"),
  /**
   * Private ssh keys of your own, relative to `deployment.ts`, each with its `.pub` beside it: `deploy` opens the
   * machine, by `host` it is known.
   *
   * @default those that `make keys` makes in `.deployment/ssh/`
   */
  sshKeys: z.strictObject({ deploy: keyPath.optional(), host: keyPath.optional() }).prefault({}),
  /**
   * Domain under which the application answers.
   *
   * @default none: the address alone
   */
  domain: text(
    /^([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+[a-z]([a-z0-9-]*[a-z0-9])?$/i,
    "a domain without https:// and port",
    "app.example.org",
  ).optional(),
  /**
   * Days for which nightly snapshots of the data volume and the dumps in S3 are kept; `false`: there are neither.
   *
   * @default 14
   * @source our choice: two weeks in which a loss may be noticed
   */
  backups: z.union([z.literal(false), whole(1, 365, "days")]).default(14),
  /**
   * Tags of every AWS resource, beside ours.
   *
   * @default none
   */
  tags: z
    .record(
      text(/^(?!aws:)[\w .:/=+@-]{1,128}$/, "a tag's name, not starting with aws:", "team"),
      text(/^[\w .:/=+@-]{0,256}$/, "a tag's value, at most 256 characters", "web"),
    )
    .default({}),
  /**
   * S3 bucket that keeps Terraform's state, for teams; it must exist. The lock is S3's own.
   *
   * @default none: the state is a file on this machine
   */
  stateBucket: text(
    /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/,
    "the name of an S3 bucket",
    "team-terraform",
  ).optional(),
});
