import type { Container } from "./container";
import type { Docker } from "./docker";

/** A container that will not come up. */
export interface FailedContainer {
  readonly container: Container;
  /** Why it is taken for one. */
  readonly reason: string;
  /** The last that it wrote. */
  readonly log: readonly string[];
}

/** Milliseconds between two looks. */
const PERIOD = 1000;

/** Starts again after an end of its own that are no accident any more. */
const RESTARTS = 3;

/** Lines of a log that show what went wrong, without burying the message. */
export const LOG_LINES = 20;

/**
 * Watches what an apply starts. The provider waits for a container to be healthy as long as it may, also for one
 * that ends again and again; taking that one away ends the wait.
 */
export class Watch {
  private readonly found: FailedContainer[] = [];
  private readonly known: Set<string>;
  /** Exit statuses of containers that were seen between two starts. */
  private readonly exitCodes = new Map<string, number>();
  private stopped = false;
  /** Ends the pause between two looks. */
  private wake = (): void => undefined;
  private readonly loop: Promise<void>;

  /**
   * @param before containers that were there before the apply: they are none of its doing
   * @param onLook is given the deployment's containers at each look
   */
  public constructor(
    private readonly docker: Docker,
    private readonly name: string,
    before: readonly Container[],
    private readonly onLook: (containers: readonly Container[]) => Promise<void> = () => Promise.resolve(),
  ) {
    this.known = new Set(before.map(({ id }) => id));
    this.loop = this.run();
  }

  /** Looks a last time, and ends it. @returns the containers that were taken away */
  public async end(): Promise<readonly FailedContainer[]> {
    this.stopped = true;
    this.wake();
    await this.loop;
    return this.found;
  }

  private async run(): Promise<void> {
    while (!this.stopped) {
      await this.pause();
      // An engine that does not answer is the apply's own error.
      const containers = await this.docker.containers(this.name).catch(() => []);
      await this.onLook(containers);
      for (const container of containers) {
        const { id, status, exitCode } = container;
        if (status !== "running") this.exitCodes.set(id, exitCode);
        const reason = this.known.has(id) ? undefined : reasonToGiveUp(container, this.exitCodes.get(id));
        if (reason === undefined) continue;
        this.known.add(id);
        this.found.push({ container, reason, log: await this.docker.tail(id, LOG_LINES) });
        await this.docker.remove(id);
      }
    }
  }

  private pause(): Promise<void> {
    if (this.stopped) return Promise.resolve();
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, PERIOD);
      this.wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}

/**
 * Why a container that should run for ever won't; undefined while it still may.
 *
 * @param seen its exit status when it did not run. @default nobody has looked then
 */
export function reasonToGiveUp(container: Container, seen?: number): string | undefined {
  const { service, restarts, refusal } = container;
  if (refusal !== undefined) return refusal;
  return service && restarts >= RESTARTS ? describeEnds(container, seen) : undefined;
}

/** How often a container ended, and how. Of a container that runs again the engine does not tell its exit status. */
export function describeEnds({ restarts, status, exitCode }: Container, seen?: number): string {
  const code = status === "running" ? seen : exitCode;
  return `it ended ${restarts === 1 ? "once" : `${restarts} times`}${code === undefined ? "" : `, ${exitMeaning(code)}`}`;
}

/** What an exit status means to someone who didn't write the program. */
export function exitMeaning(exitCode: number): string {
  if (exitCode === 137) return "killed, most likely for want of memory (exit status 137)";
  return `with exit status ${exitCode}`;
}
