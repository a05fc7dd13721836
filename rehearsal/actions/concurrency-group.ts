/** Runs that `queue: max` lets wait; one more is cancelled. */
const LONGEST = 100;

/**
 * Runs of which one goes on at a time, as GitHub documents it
 * (docs.github.com/actions, "Control the concurrency of workflows and jobs").
 */
export class ConcurrencyGroup {
  private isBusy = false;
  private readonly waiting: ((mayRun: boolean) => void)[] = [];

  /**
   * Waits until a run's turn has come; its end is told by {@link leave}.
   *
   * @param queue `single`: the next that comes cancels the one that waits; `max`: all wait, in their order
   * @returns false when the run was cancelled before its turn: nothing of it runs
   */
  public async enter(queue: "single" | "max"): Promise<boolean> {
    if (!this.isBusy) {
      this.isBusy = true;
      return true;
    }
    if (queue === "single") for (const end of this.waiting.splice(0)) end(false);
    if (this.waiting.length >= LONGEST) return false;
    return new Promise((resolve) => this.waiting.push(resolve));
  }

  /** The run whose turn it was has ended. */
  public leave(): void {
    const next = this.waiting.shift();
    if (next) next(true);
    else this.isBusy = false;
  }
}
