import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type ContextValue, type JobStatus, type Scope, holds, interpolate } from "./expressions";
import { FileCommands } from "./file-commands";
import { ProcessGroup } from "./process-group";
import type { JobDocument, StepDocument, WorkflowDocument } from "./workflow-document";

/** What a job is run for. */
export interface JobEvent {
  readonly runId: number;
  /** What has started it. */
  readonly name: "push" | "schedule";
  /** `owner/name`. */
  readonly repository: string;
  readonly branch: string;
  readonly sha: string;
  readonly actor: string;
}

export interface RunnerProps {
  /** An empty folder for the workspace and the runner's own files; absolute. */
  readonly folder: string;
  readonly workflow: WorkflowDocument;
  readonly job: JobDocument;
  readonly event: JobEvent;
  readonly secrets: Readonly<Record<string, string>>;
  readonly variables: Readonly<Record<string, string>>;
  /** Repository that `actions/checkout` clones. */
  readonly remote: string;
  /** The machine's own environment: PATH and what the fakes need. */
  readonly environment: Readonly<Record<string, string>>;
  /** Where a job with the right `id-token: write` gets its token. @default nowhere */
  readonly tokens?: { readonly url: string; readonly secret: string };
  /** Called with each line of the log, as it was written. */
  readonly onLine: (line: string) => void;
  /** Called with each process group that is started, so that it can be ended after us. @default nothing */
  readonly onGroup?: (id: number) => void;
}

/** How a step has ended. */
export interface StepResult {
  readonly name: string;
  readonly conclusion: "success" | "failure" | "skipped";
  readonly seconds: number;
}

/** How a job has ended. */
export interface JobResult {
  readonly status: JobStatus | "skipped";
  readonly steps: readonly StepResult[];
  /** Markdown of the run's page. */
  readonly summary: string;
}

/** Shells by what a workflow calls them; undefined: it says nothing (docs.github.com, "Workflow syntax", shell). */
const SHELLS: Readonly<Record<string, readonly string[]>> = {
  bash: ["bash", "--noprofile", "--norc", "-eo", "pipefail"],
  sh: ["sh", "-e"],
};
const UNSPECIFIED = ["bash", "-e"];

/** Plays GitHub's runner: runs a job's steps as they are written in the workflow's file. */
export class Runner {
  private status: JobStatus = "success";
  private readonly env: Record<string, string> = {};
  private readonly path: string[] = [];
  private current: ProcessGroup | undefined;
  private summary = "";

  public constructor(private readonly props: RunnerProps) {
    for (const folder of [this.workspace, this.temporary, this.commands, join(props.folder, "home")]) {
      mkdirSync(folder, { recursive: true });
    }
  }

  /** Runs the job to its end. */
  public async run(): Promise<JobResult> {
    const { job } = this.props;
    if (!holds(job.if, this.scope())) return { status: "skipped", steps: [], summary: "" };
    const end = Date.now() + job["timeout-minutes"] * 60_000;
    const steps: StepResult[] = [];
    for (const step of job.steps) {
      const name = step.name ?? `Run ${(step.run ?? step.uses ?? "").split("\n", 1).join("")}`;
      const began = Date.now();
      const result = (conclusion: StepResult["conclusion"]): StepResult => ({
        name,
        conclusion,
        seconds: (Date.now() - began) / 1000,
      });
      if (!holds(step.if, this.scope())) {
        steps.push(result("skipped"));
        continue;
      }
      this.props.onLine(`##[group]${name}`);
      const succeeded = await this.perform(
        step,
        Math.min(end, began + (step["timeout-minutes"] ?? 360) * 60_000),
      );
      if (!succeeded && step["continue-on-error"] !== true && this.status === "success")
        this.status = "failure";
      steps.push(result(succeeded ? "success" : "failure"));
    }
    return { status: this.status, steps, summary: this.summary };
  }

  /** Ends the step that runs; those that always run still do. */
  public cancel(): void {
    this.status = "cancelled";
    this.current?.end();
  }

  private async perform(step: StepDocument, end: number): Promise<boolean> {
    const timeout = Math.max(1, (end - Date.now()) / 1000);
    if (step.uses !== undefined) {
      const ref = interpolate(step.with?.["ref"] ?? "", this.scope());
      return this.checkOut(step.uses, ref === "" ? this.props.event.sha : ref, timeout);
    }
    const { job, workflow } = this.props;
    const shell = step.shell ?? job.defaults?.run.shell ?? workflow.defaults?.run.shell;
    const [program = "", ...options] = shell === undefined ? UNSPECIFIED : (SHELLS[shell] ?? []);
    if (program === "") throw new Error(`the rehearsal has no shell "${shell ?? ""}"`);
    const script = join(this.temporary, "step.sh");
    writeFileSync(script, `${interpolate(step.run ?? "", this.scope()).replace(/\n$/, "")}\n`);
    const folder =
      step["working-directory"] ??
      job.defaults?.run["working-directory"] ??
      workflow.defaults?.run["working-directory"] ??
      ".";
    const commands = new FileCommands(this.commands);
    const env = {
      ...this.environment(),
      ...commands.environment,
      ...this.interpolated(step.env ?? {}),
    };
    const status = await this.start(
      program,
      [...options, script],
      join(this.workspace, folder),
      env,
      timeout,
    );
    const told = commands.read();
    Object.assign(this.env, told.env);
    this.path.unshift(...told.path);
    this.summary += told.summary;
    return status === 0;
  }

  /** The one action that there is a fake for. */
  private async checkOut(uses: string, commit: string, timeout: number): Promise<boolean> {
    if (!/^actions\/checkout@[0-9a-f]{40}$/.test(uses)) {
      throw new Error(`the rehearsal has a fake for actions/checkout at a full hash alone, not for ${uses}`);
    }
    const { remote } = this.props;
    const script = [
      'git -c init.defaultBranch=main init --quiet . && { git remote get-url origin >/dev/null 2>&1 || git remote add origin "$1"; }',
      'git fetch --quiet --no-tags --depth=1 origin "$2" && git checkout --quiet --detach "$2"',
      "git log -1 --format='checked out %H: %s'",
    ].join(" && ");
    const args = ["-c", script, "checkout", remote, commit];
    return (await this.start("bash", args, this.workspace, this.environment(), timeout)) === 0;
  }

  private async start(
    program: string,
    args: readonly string[],
    cwd: string,
    env: NodeJS.ProcessEnv,
    timeout: number,
  ): Promise<number> {
    const group = new ProcessGroup(program, args, { cwd, env, timeout, onLine: this.props.onLine });
    if (group.id !== undefined) this.props.onGroup?.(group.id);
    this.current = group;
    const status = await group.status;
    this.current = undefined;
    return status;
  }

  /** What a step's program sees (docs.github.com, "Variables reference", default variables). */
  private environment(): Record<string, string> {
    const { event, environment, folder, job, tokens, workflow } = this.props;
    const rights = job.permissions ?? workflow.permissions;
    return {
      ...environment,
      HOME: join(folder, "home"),
      CI: "true",
      GITHUB_ACTIONS: "true",
      GITHUB_ACTOR: event.actor,
      GITHUB_EVENT_NAME: event.name,
      GITHUB_REF: `refs/heads/${event.branch}`,
      GITHUB_REF_NAME: event.branch,
      GITHUB_REPOSITORY: event.repository,
      GITHUB_RUN_ID: String(event.runId),
      GITHUB_SHA: event.sha,
      GITHUB_WORKFLOW: workflow.name ?? "",
      GITHUB_WORKSPACE: this.workspace,
      RUNNER_OS: "Linux",
      RUNNER_TEMP: this.temporary,
      ...(tokens &&
        rights["id-token"] === "write" && {
          ACTIONS_ID_TOKEN_REQUEST_URL: tokens.url,
          ACTIONS_ID_TOKEN_REQUEST_TOKEN: tokens.secret,
        }),
      ...this.interpolated(workflow.env ?? {}),
      ...this.interpolated(job.env ?? {}),
      ...this.env,
      PATH: [...this.path, environment["PATH"] ?? ""].join(":"),
    };
  }

  private interpolated(texts: Readonly<Record<string, string>>): Record<string, string> {
    const scope = this.scope();
    return Object.fromEntries(Object.entries(texts).map(([name, text]) => [name, interpolate(text, scope)]));
  }

  private scope(): Scope {
    const { event, secrets, variables } = this.props;
    const contexts: Record<string, ContextValue> = {
      secrets,
      vars: variables,
      env: { ...this.env },
      runner: { temp: this.temporary, os: "Linux" },
      github: {
        actor: event.actor,
        event_name: event.name,
        ref: `refs/heads/${event.branch}`,
        ref_name: event.branch,
        repository: event.repository,
        run_id: String(event.runId),
        sha: event.sha,
        workspace: this.workspace,
      },
    };
    return { contexts, status: this.status };
  }

  private get workspace(): string {
    return join(this.props.folder, "workspace");
  }

  private get temporary(): string {
    return join(this.props.folder, "temp");
  }

  private get commands(): string {
    return join(this.props.folder, "commands");
  }
}
