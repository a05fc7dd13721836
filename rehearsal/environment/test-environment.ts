import { setTimeout as sleep } from "node:timers/promises";
import { HOST_FOLDER } from "../../cli/host/ssh";
import type { Deployment } from "../../config/deployment";
import type { Actions, RunResult, WorkflowRun } from "../actions/actions";
import type { RehearsalMachine } from "./machine";
import type { WorkingClone } from "./working-clone";

/** What the machine says of a release, as far as it is looked at. */
export interface ReleaseRecord {
  readonly release: string;
  readonly outcome: string;
  readonly step: string;
  readonly reason: string;
  readonly milliseconds: number;
  readonly probes_sent: number;
  readonly probes_failed: number;
}

export interface TestEnvironmentProps {
  readonly deployment: Deployment;
  readonly clone: WorkingClone;
  readonly machine: RehearsalMachine;
  readonly actions: Actions;
}

/** Lines of a run's log that are shown when it ends otherwise than it should. */
const LAST_LINES = 20;

/** The running test environment: pushes go to it, and faults act on it. */
export class TestEnvironment {
  public constructor(public readonly props: TestEnvironmentProps) {}

  /** Commits all changes, pushes them, and starts the run. */
  public async push(message: string): Promise<WorkflowRun> {
    return this.props.actions.start(await this.props.clone.push(message));
  }

  /** The end of a run that must succeed, and what the machine says of its release, which must serve. */
  public async served(run: WorkflowRun): Promise<readonly [RunResult, ReleaseRecord]> {
    const result = await run.done;
    if (result.status !== "success") throw new Error(`${describeEnd(result)}\n${lastLines(run)}`);
    const record = await this.record(run);
    if (record.outcome !== "served")
      throw new Error(`the run went well, but the machine's record says ${record.outcome}: ${record.reason}`);
    const serving = (await this.props.machine.host.exec("readlink", `${HOST_FOLDER}/current`)).trim();
    if (serving !== `releases/${record.release}`)
      throw new Error(`the run went well, but ${serving} serves and not ${record.release}`);
    return [result, record];
  }

  /** The end of a run that must fail with these words in its log. @returns the step, and the line with the words */
  public async failed(run: WorkflowRun, words: RegExp): Promise<string> {
    const result = await run.done;
    if (result.status !== "failure")
      throw new Error(`the run should have failed, it ended with ${result.status}`);
    const step = result.steps.find(({ conclusion }) => conclusion === "failure")?.name ?? "";
    const line = run.log.split("\n").find((text) => words.test(text));
    if (line === undefined)
      throw new Error(
        `the run failed at "${step}", but not as expected (${String(words)})\n${lastLines(run)}`,
      );
    return `the run failed at "${step}": ${line.trim().slice(0, 160)}`;
  }

  /** Waits until a run has said something. @throws when it ends without */
  public async said(run: WorkflowRun, words: string): Promise<void> {
    const ended = run.done.then(
      () => true,
      () => true,
    );
    while (!run.log.includes(words)) {
      if (await Promise.race([ended, sleep(20, false)]))
        throw new Error(`the run ended without a word of "${words}"\n${lastLines(run)}`);
    }
  }

  /** Runs a line of shell on the machine, as root. */
  public async onMachine(command: string): Promise<string> {
    return this.props.machine.host.exec("sh", "-c", command);
  }

  private async record(run: WorkflowRun): Promise<ReleaseRecord> {
    const name = `*-${run.push.sha.slice(0, 7)}.json`;
    return JSON.parse(await this.onMachine(`cat ${HOST_FOLDER}/receipts/${name}`)) as ReleaseRecord;
  }
}

function describeEnd({ status, steps }: RunResult): string {
  const step = steps.find(({ conclusion }) => conclusion === "failure")?.name;
  return `the run ended with ${status}${step === undefined ? "" : ` at "${step}"`}; its last lines:`;
}

function lastLines({ log }: WorkflowRun): string {
  return log
    .split("\n")
    .slice(-LAST_LINES)
    .map((line) => `| ${line}`)
    .join("\n");
}

/** A release in a few words. */
export function describeRecord({
  release,
  milliseconds,
  probes_sent: sent,
  probes_failed: failed,
}: ReleaseRecord): string {
  const seconds = (milliseconds / 1000).toFixed(1);
  return `${release} serves, ${seconds} s on the machine, ${sent} probes of its own, ${failed} failed`;
}
