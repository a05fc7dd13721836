import { type Seen, seenLine } from "./visitors";

/** One step of a rehearsal that has ended. */
export interface ReportedStep {
  readonly title: string;
  readonly seconds: number;
  /** What came of it, in a few words. @default nothing to say */
  readonly result?: string;
  /** Whether it went well. */
  readonly ok: boolean;
}

/** What became of a fault. */
export interface ReportedFault {
  readonly name: string;
  /** What was injected. */
  readonly injected: string;
  /** What visitors saw meanwhile. */
  readonly seen: Seen;
  /** How it healed. */
  readonly healed: string;
}

/** A whole rehearsal, for people and for programs. */
export interface RehearsalReport {
  readonly ok: boolean;
  readonly steps: readonly ReportedStep[];
  /** What was played, and by what. */
  readonly fakes: readonly string[];
  /** What was the real thing. */
  readonly real: readonly string[];
  /** Empty: none was injected. */
  readonly faults: readonly ReportedFault[];
  /** Where it failed, why, and what to do. @default it succeeded */
  readonly failure?: { readonly at: string; readonly reason: string; readonly fix: string };
  readonly seconds: number;
}

/** One line of a step. */
export function stepLine({ ok, title, seconds, result }: ReportedStep): string {
  return `${ok ? "✓" : "✗"} ${title} (${seconds.toFixed(1)} s)${result === undefined ? "" : `: ${result}`}`;
}

/** What stands below the steps; the last line is the verdict. */
export function closing({ ok, real, fakes, faults, failure, seconds }: RehearsalReport): string {
  return [
    ...faults.flatMap(({ name, injected, seen, healed }) => [
      "",
      `Fault ${name}`,
      `  injected:    ${injected}`,
      `  users saw:   ${seenLine(seen)}`,
      `  it healed:   ${healed}`,
    ]),
    "",
    "Real:      " + real.join("; "),
    "Fakes: " + fakes.join("; "),
    "",
    ...(failure ? failure.reason.split("\n").map((line) => `  ${line}`) : []),
    ...(failure ? [`  to do: ${failure.fix}`, ""] : []),
    ok
      ? `the rehearsal succeeded, after ${Math.round(seconds)} s`
      : `the rehearsal failed at "${failure?.at ?? "its beginning"}"`,
  ].join("\n");
}
