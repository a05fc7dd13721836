import { medianRatio, median } from "./statistics";

/** What a figure should be. */
export interface Aim {
  /** Which figure: the quotient, or our own value. */
  readonly of: "ratio" | "ours";
  readonly atLeast?: number;
  readonly atMost?: number;
  /** Missing it is an error and not just a fact. @default false */
  readonly required?: boolean;
}

/** One line of the table. */
export interface Result {
  readonly group: string;
  readonly what: string;
  readonly unit: "s" | "MiB" | "ms" | "requests/s";
  readonly ours: number;
  /** The same of whom we compare ourselves with. */
  readonly theirs?: number;
  readonly ratio?: number;
  readonly aim?: Aim;
  /** Failed requests: a figure with some is worth little. */
  readonly failed?: { readonly ours: number; readonly theirs: number };
}

/** What two contestants have measured, as a result. */
export function compare(
  result: Pick<Result, "group" | "what" | "unit" | "aim" | "failed">,
  ours: readonly number[],
  theirs: readonly number[],
  quotient: "ours / theirs" | "theirs / ours" = "ours / theirs",
): Result {
  const ratio = quotient === "ours / theirs" ? medianRatio(ours, theirs) : medianRatio(theirs, ours);
  return { ...result, ours: median(ours), theirs: median(theirs), ratio };
}

/** Whether a result is what it should be; undefined when nothing is asked of it. */
export function isReached({ aim, ours, ratio }: Result): boolean | undefined {
  if (!aim) return undefined;
  const value = aim.of === "ours" ? ours : ratio;
  if (value === undefined) return false;
  return value >= (aim.atLeast ?? -Infinity) && value <= (aim.atMost ?? Infinity);
}

/** The results that were required and missed. */
export function failuresOf(results: readonly Result[]): readonly Result[] {
  return results.filter((result) => result.aim?.required === true && isReached(result) === false);
}
