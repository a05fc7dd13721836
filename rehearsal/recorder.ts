import { setTimeout as sleep } from "node:timers/promises";
import { type Interrupt, InterruptedError } from "../cli/session/interrupt";
import { DeploymentError } from "../config/errors";
import { type RehearsalReport, type ReportedStep, stepLine } from "./report";

/** Runs the steps of a rehearsal, times them, and says each as it ends. */
export class Recorder {
  public readonly steps: ReportedStep[] = [];
  /** @default no step has failed */
  public failure: RehearsalReport["failure"];
  private readonly cleanups: (() => Promise<void> | void)[] = [];

  /**
   * @param say takes each line
   * @param interrupt ends the step that runs, so that cleaning up begins at once
   */
  public constructor(
    private readonly say: (line: string) => void,
    private readonly interrupt: Interrupt,
  ) {}

  /** Runs a step. @param describe what came of it, in a few words */
  public async step<T>(
    title: string,
    run: () => Promise<T>,
    describe: (value: T) => string | undefined = (value) => (typeof value === "string" ? value : undefined),
  ): Promise<T> {
    const began = Date.now();
    try {
      const value = await this.unlessInterrupted(run());
      this.add({ title, seconds: (Date.now() - began) / 1000, ok: true, result: describe(value) });
      return value;
    } catch (error) {
      this.add({ title, seconds: (Date.now() - began) / 1000, ok: false });
      this.failure ??= { at: title, ...explained(error) };
      throw error;
    }
  }

  /** Notes a step that something else has timed. */
  public add(step: ReportedStep): void {
    this.steps.push(step);
    this.say(stepLine(step));
  }

  /** Something that must be undone at the end, whatever happens: the last one first. */
  public defer(cleanup: () => Promise<void> | void): void {
    this.cleanups.push(cleanup);
  }

  /** Undoes everything; what fails is said, and stops nothing. */
  public async end(): Promise<void> {
    for (const cleanup of this.cleanups.reverse()) {
      try {
        await cleanup();
      } catch (error) {
        this.failure ??= { at: REMOVAL, ...explained(error) };
      }
    }
  }

  private async unlessInterrupted<T>(running: Promise<T>): Promise<T> {
    if (this.interrupt.requested) throw new InterruptedError();
    let forget: () => void = () => undefined;
    const interrupted = new Promise<never>((_, reject) => {
      forget = this.interrupt.onRequest(() => reject(new InterruptedError()));
    });
    // Whichever comes second has nobody who listens.
    interrupted.catch(() => undefined);
    const settled = running.then(
      () => undefined,
      () => undefined,
    );
    try {
      return await Promise.race([running, interrupted]);
    } catch (error) {
      // What listens itself comes to its own end, before the ground is taken from under it.
      await Promise.race([settled, sleep(PATIENCE, undefined, { ref: false })]);
      throw error;
    } finally {
      forget();
    }
  }
}

/** For a step that was interrupted. [milliseconds] */
const PATIENCE = 5000;

/** The last step. */
export const REMOVAL = "Removal of what was made";

const AGAIN =
  'mend what it says, then type "make rehearse" again; all that was said is in .deployment/rehearsal/.deployment/log';

function explained(error: unknown): { reason: string; fix: string } {
  if (error instanceof InterruptedError)
    return { reason: "stopped by hand", fix: 'type "make rehearse" again' };
  const reason = error instanceof Error ? error.message : String(error);
  return {
    reason,
    fix: error instanceof DeploymentError ? 'what it says; then "make rehearse" again' : AGAIN,
  };
}
