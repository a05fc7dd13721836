/** Ctrl-C, a closed terminal, or `kill`: asked once, everything that runs is asked once to stop. */
export class Interrupt {
  private readonly handlers = new Set<() => void>();
  private asked = false;

  /** Somebody wants the command to end. */
  public get requested(): boolean {
    return this.asked;
  }

  /**
   * Listens from now on.
   *
   * @param notice called at each signal; `again` when it isn't the first
   */
  public listen(notice: (again: boolean) => void): void {
    const onSignal = (): void => {
      notice(this.asked);
      if (this.asked) return;
      this.asked = true;
      for (const handler of this.handlers) handler();
    };
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, onSignal);
  }

  /**
   * Has something called when a signal comes, at once when it has come already.
   *
   * @returns a function that takes the handler away again
   */
  public onRequest(handler: () => void): () => void {
    this.handlers.add(handler);
    if (this.asked) handler();
    return () => void this.handlers.delete(handler);
  }
}

/** Thrown between two steps once a signal has come. */
export class InterruptedError extends Error {
  public override readonly name = "InterruptedError";

  public constructor() {
    super("interrupted");
  }
}
