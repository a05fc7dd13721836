import type { LoadRequest } from "../../e2e/support/load-report";
import type { LoadReport } from "../../e2e/support/load-report";

/** What visitors saw during a fault, and what became of what they wrote. */
export class Seen {
  public constructor(
    public readonly report: LoadReport,
    /** Rows that were there before, or whose POST was acknowledged, and that are not in the database. */
    public readonly rowsLost: number,
    /** Files that were there before, or whose upload was acknowledged, and that are not in the media folder. */
    public readonly filesLost: number,
  ) {}

  public get failures(): readonly LoadRequest[] {
    return this.report.failures;
  }

  /** Requests that were sent between two moments and failed. [milliseconds since 1970] */
  public failuresBetween(from: number, to = Infinity): readonly LoadRequest[] {
    return this.failures.filter(({ second }) => {
      const sent = this.report.began + second * 1000;
      return sent >= from && sent <= to;
    });
  }

  /** Seconds from a moment until the last request was sent that failed; 0: none did. */
  public secondsUntilWell(from: number): number {
    const last = Math.max(0, ...this.failuresBetween(from).map(({ second }) => second));
    return last === 0 ? 0 : Math.max(0, this.report.began / 1000 + last - from / 1000);
  }
}
