import { mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { ConcurrencyGroup } from "./concurrency-group";
import { Masker } from "./masker";
import { type JobResult, Runner, type RunnerProps } from "./runner";
import { type WorkflowDocument, readWorkflow } from "./workflow-document";

/** What a deployment environment gives its jobs. */
export interface JobSecrets {
  readonly secrets: Readonly<Record<string, string>>;
  readonly variables: Readonly<Record<string, string>>;
}

export interface ActionsProps extends Pick<RunnerProps, "remote" | "environment" | "onGroup"> {
  /** Folder for the runners; absolute. */
  readonly folder: string;
  /** `owner/name`. */
  readonly repository: string;
  readonly branch: string;
  /** Who pushes. */
  readonly actor: string;
  /** What an environment of this name holds; undefined: the job has none. */
  readonly secretsOf: (environment: string | undefined) => JobSecrets;
  /** Where a run gets its token. @default nowhere */
  readonly tokens?: RunnerProps["tokens"];
  /** Called with each line of a run's log, masked. @default nothing */
  readonly onLine?: (run: WorkflowRun, line: string) => void;
}

/** A push, or the commit that a schedule finds, as GitHub sees it. */
export interface Push {
  /** What starts the run. @default a push */
  readonly event?: "push" | "schedule";
  readonly sha: string;
  readonly message: string;
  /** Text of the workflow's file at that commit. */
  readonly workflow: string;
}

/** How a run has ended. */
export interface RunResult extends JobResult {
  /** Seconds from its start, without the wait for others. */
  readonly seconds: number;
  /** Seconds for which it has waited for another run. */
  readonly waited: number;
}

/** One run of the workflow. */
export class WorkflowRun {
  private readonly lines: string[] = [];
  /** Its end. */
  public done!: Promise<RunResult>;

  public constructor(
    public readonly id: number,
    public readonly push: Push,
  ) {}

  /** The log until now, as it is shown. */
  public get log(): string {
    return this.lines.join("\n");
  }

  public add(line: string): void {
    this.lines.push(line);
  }
}

/** Plays GitHub Actions for one repository: a push starts a run, and runs of one group come one after the other. */
export class Actions {
  private readonly groups = new Map<string, ConcurrencyGroup>();
  private readonly runs: WorkflowRun[] = [];
  private readonly runners = new Set<Runner>();
  private count = 0;
  /** Secrets that a program has written into the log as they are, by name; empty when all is well. */
  public readonly leaks: string[] = [];

  public constructor(private readonly props: ActionsProps) {}

  /** A push has come. */
  public start(push: Push): WorkflowRun {
    const run = new WorkflowRun(1000 + ++this.count, push);
    const workflow = readWorkflow(push.workflow);
    if (!workflow.on.push.branches.includes(this.props.branch))
      throw new Error(`no push to ${this.props.branch} starts this workflow`);
    run.done = this.inTurn(run, workflow);
    this.runs.push(run);
    return run;
  }

  /** Ends every run. */
  public cancel(): void {
    for (const runner of this.runners) runner.cancel();
  }

  /** Waits until no run is left. */
  public async idle(): Promise<void> {
    await Promise.allSettled(this.runs.map(({ done }) => done));
  }

  private async inTurn(run: WorkflowRun, workflow: WorkflowDocument): Promise<RunResult> {
    const { group: name = `run ${run.id}`, queue = "single" } = workflow.concurrency ?? {};
    // Groups are told apart by their letters, and not by small and large ones.
    const key = name.toLowerCase();
    const group = this.groups.get(key) ?? new ConcurrencyGroup();
    this.groups.set(key, group);
    const asked = Date.now();
    const mayRun = await group.enter(queue);
    const waited = (Date.now() - asked) / 1000;
    if (!mayRun) return { status: "cancelled", steps: [], summary: "", seconds: 0, waited };
    try {
      return await this.perform(run, workflow, waited);
    } finally {
      group.leave();
    }
  }

  private async perform(run: WorkflowRun, workflow: WorkflowDocument, waited: number): Promise<RunResult> {
    const began = Date.now();
    const results: JobResult[] = [];
    for (const job of Object.values(workflow.jobs)) {
      const { secrets, variables } = this.props.secretsOf(job.environment);
      const masker = new Masker(Object.values(secrets));
      const folder = mkdtempSync(join(this.props.folder, "runner-"));
      const { repository, branch, actor } = this.props;
      const runner = new Runner({
        ...this.props,
        folder,
        workflow,
        job,
        secrets,
        variables,
        event: {
          runId: run.id,
          name: run.push.event ?? "push",
          repository,
          branch,
          actor,
          sha: run.push.sha,
        },
        onLine: (line) => {
          this.look(secrets, line);
          run.add(masker.mask(line));
          this.props.onLine?.(run, masker.mask(line));
        },
      });
      this.runners.add(runner);
      try {
        results.push(await runner.run());
      } finally {
        this.runners.delete(runner);
        // As a runner is: nobody has it after us.
        rmSync(folder, { recursive: true, force: true });
      }
    }
    // Jobs that are for another event are no failure.
    const performed = results.filter(({ status }) => status !== "skipped");
    return {
      status:
        performed.length === 0
          ? "skipped"
          : (performed.find(({ status }) => status !== "success")?.status ?? "success"),
      steps: results.flatMap(({ steps }) => steps),
      summary: results.map(({ summary }) => summary).join(""),
      seconds: (Date.now() - began) / 1000,
      waited,
    };
  }

  /** A mask hides what should not have been written at all: addresses may, keys and passwords may not. */
  private look(secrets: Readonly<Record<string, string>>, line: string): void {
    for (const [name, value] of Object.entries(secrets)) {
      if (!CONFIDENTIAL.has(name)) continue;
      const parts = value.split(/\r?\n/).flatMap((part) => [part, part.replace(/^[^=]*=["']?|["']$/g, "")]);
      if (parts.some((part) => part.length >= LEAST && line.includes(part))) this.leaks.push(name);
    }
  }
}

const CONFIDENTIAL = new Set(["KEY", "ENV_VARS"]);

/** Characters from which on a part of a secret is told from other text. */
const LEAST = 12;
