import { performance } from "node:perf_hooks";

/** The end of a time limit, by a clock that never jumps: the time of day may be put right while somebody waits. */
export class Deadline {
  private readonly end: number;

  /** @param seconds from now */
  public constructor(seconds: number) {
    this.end = performance.now() + seconds * 1000;
  }

  /** Whether the time is over. */
  public get isOver(): boolean {
    return performance.now() > this.end;
  }
}

/** Says how many seconds have passed since it was made. */
export function stopwatch(): () => number {
  const began = performance.now();
  return () => (performance.now() - began) / 1000;
}
