import * as z from "zod";
import { descriptions, text, whole } from "./values";

/** Said in more detail once it has this form. */
const network = text(/^[0-9a-f.:/]{1,50}$/i, "a network in CIDR form", "192.0.2.0/24");

/** Who may open a connection to port 22. */
const ssh = z
  .union([z.enum(["nobody", "runner", "anywhere"]), z.array(network).min(1)])
  .register(descriptions, {
    expected: '"nobody", "runner", "anywhere" or a list of networks in CIDR form',
    example: ["192.0.2.0/24"],
  });

const keyPath = text(
  /^[^\0-\x1f\x7f"\\$%]+$/,
  'the path of a private ssh key, without " \\ $ and %',
  "keys/deploy_ed25519",
);

/** Private ssh keys of your own; paths are relative to `deployment.ts`. */
const sshKeysSchema = z.strictObject({
  /**
   * The key that opens the machine.
   *
   * @default `.deployment/ssh/deploy_ed25519`, which `make keys` makes
   */
  deploy: keyPath.optional(),
  /**
   * The machine's own key, by which it is known.
   *
   * @default `.deployment/ssh/host_ed25519`, which `make keys` makes
   */
  host: keyPath.optional(),
});

/** One machine on AWS, and what must outlive it. Credentials come from the environment, never from here. */
export const hostSchema = z.strictObject({
  /**
   * AWS region, by its code.
   *
   * @default none: it must be written
   */
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
   * Who may use ssh. With `"nobody"` Session Manager gives the shell. With `"runner"` too, and a release from GitHub
   * opens the port for its runner's address as long as it runs.
   *
   * @default `runner` with a `github` section, else `nobody`
   * @source our choice: a port that is closed needs no patches
   */
  ssh: ssh.optional(),
  /** Private ssh keys of your own, each with its `.pub` beside it. */
  sshKeys: sshKeysSchema.prefault({}),
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
   * Days for which nightly snapshots of the data volume are kept; `false`: there are none. A bucket in S3 is made for
   * dumps of the database, and nothing of ours writes them yet.
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
