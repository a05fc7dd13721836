import type { MemoryBudget } from "./memory-budget";

/** One machine on AWS, complete and checked. */
export interface Host {
  readonly region: string;
  /** Availability zone of the machine and of its data. */
  readonly zone: string;
  readonly instanceType: InstanceType;
  /** How its memory is shared. */
  readonly budget: MemoryBudget;
  /** GiB. */
  readonly rootDisk: number;
  /** GiB. */
  readonly dataDisk: number;
  readonly ssh: SshAccess;
  readonly domain?: string;
  /** Days for which snapshots are kept; undefined: there are none. */
  readonly backupDays?: number;
  readonly tags: Readonly<Record<string, string>>;
  readonly keys: HostKeys;
  /** S3 bucket of the state; undefined: a file. */
  readonly stateBucket?: string;
  /** Id of the AWS account in which it was made; undefined: it was not made yet. */
  readonly account?: string;
}

/** The two pairs of ssh keys. */
export interface HostKeys {
  /** Opens the machine. */
  readonly deploy: SshKey;
  /** By which the machine is known. */
  readonly host: SshKey;
}

/** A pair of ssh keys; the private half is in no rendering. */
export interface SshKey {
  /** Path of the private half; absolute. */
  readonly file: string;
  /** Public half: one line in OpenSSH's form, without a comment. */
  readonly publicKey: string;
}

/** An EC2 instance type. */
export interface InstanceType {
  readonly name: string;
  /** MiB. */
  readonly memory: number;
  readonly processors: number;
  readonly architecture: "arm64" | "amd64";
}

/** Whose packets reach port 22. */
export class SshAccess {
  /** Nobody's: Session Manager gives the shell. */
  public static readonly NOBODY = new SshAccess([]);

  /** Nobody's, but GitHub's runner opens the port for its own address while it releases. */
  public static readonly RUNNER = new SshAccess([], true);

  /** Everybody's; only the key protects the machine. */
  public static readonly ANYWHERE = new SshAccess(["0.0.0.0/0"]);

  /** Those of some networks, in CIDR form. */
  public static fromNetworks(networks: readonly string[]): SshAccess {
    return new SshAccess(networks);
  }

  private constructor(
    /** IPv4 networks, in CIDR form. */
    public readonly networks: readonly string[],
    /** Whether GitHub's runner may open the port for itself. */
    public readonly byRunner = false,
  ) {}
}
