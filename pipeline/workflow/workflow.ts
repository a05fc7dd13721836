/** A workflow of GitHub Actions, as far as the pipeline needs it. Plain data; `workflow-file.ts` writes it. */
export interface Workflow {
  readonly name: string;
  /** Lines above everything else, each without its `#`. */
  readonly header: readonly string[];
  /** Branch whose pushes start it. It can be started by hand, too. */
  readonly branch: string;
  /** When it is started by itself, in UTC, in cron's five fields; only from the repository's default branch. @default never */
  readonly schedule?: string;
  /** Runs of one group come one after the other; none is cancelled, neither one that has begun nor one that waits. */
  readonly concurrencyGroup: string;
  /** Rights of jobs that say nothing of their own are none. */
  readonly jobs: Readonly<Record<string, Job>>;
}

/** One job, on a machine of its own. */
export interface Job {
  readonly name: string;
  /** Label of the machine, for example `ubuntu-24.04`. */
  readonly runsOn: string;
  /** Minutes after which GitHub ends it. */
  readonly timeout: number;
  /** Deployment environment, which holds the secrets. */
  readonly environment: string;
  readonly permissions: Readonly<Partial<Record<Permission, "read" | "write">>>;
  /** Condition, as an expression without `${{ }}`. @default it always runs */
  readonly condition?: string;
  /** Folder in which steps run, below the repository's root. @default the root */
  readonly workingDirectory?: string;
  readonly steps: readonly Step[];
}

/** What a job's token may do. */
export type Permission = "contents" | "id-token";

/** One step: an action, or lines of bash. */
export type Step = ActionStep | ShellStep;

interface CommonStep {
  /** What it does, in words for the run's page. */
  readonly name: string;
  /** Condition, as an expression without `${{ }}`. @default the steps before it have succeeded */
  readonly condition?: string;
}

/** A step that is somebody else's program. */
export interface ActionStep extends CommonStep {
  readonly uses: ActionReference;
  readonly with: Readonly<Record<string, string | number | boolean | Expression>>;
}

/** A step that is a few lines of bash. */
export interface ShellStep extends CommonStep {
  /** Lines; no expression is in them: what they need comes by the environment. */
  readonly run: readonly string[];
  readonly env?: Readonly<Record<string, Expression>>;
}

/** An action at one commit: a tag could be moved. */
export interface ActionReference {
  /** `owner/name`. */
  readonly action: string;
  /** Full hash. */
  readonly commit: string;
  /** The tag that it had when it was chosen. */
  readonly version: string;
}

/** A value that GitHub fills in; the only place of a secret is a step's environment. */
export class Expression {
  /** A secret of the environment or the repository. */
  public static secret(name: string): Expression {
    return new Expression(`secrets.${name}`);
  }

  /** A variable of the environment or the repository. */
  public static variable(name: string): Expression {
    return new Expression(`vars.${name}`);
  }

  /** A variable that a step before has written into GITHUB_ENV. */
  public static environment(name: string): Expression {
    return new Expression(`env.${name}`);
  }

  private constructor(private readonly source: string) {}

  /** As it stands in the file. */
  public toString(): string {
    return `\${{ ${this.source} }}`;
  }
}
