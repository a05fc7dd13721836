import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "../../support/guestbook";
import type { Where } from "./site";

/** What one trial of a fault has shown. */
export interface Result {
  readonly fault: number;
  readonly title: string;
  readonly where: Where;
  readonly survived: string;
  /** Which code was tried: the commit. */
  readonly code: string;
  readonly seed: number;
  readonly requests: number;
  readonly failed: number;
  /** From the end of the harm; null: never by itself, or not measured. */
  readonly secondsUntilWell: number | null;
  readonly rowsLost: number;
  readonly filesLost: number;
  /** What somebody had to do, in commands. */
  readonly hands: readonly string[];
  /** What does not hold of that by which it counts as survived. */
  readonly missed: readonly string[];
}

/** All results: of the code before and of the code that is here. */
export interface Results {
  readonly before: readonly Result[];
  readonly after: readonly Result[];
}

/** Where the results are kept, relative to the program's folder. */
export const RESULTS_FILE = "__tests__/faults/results.json";

export function readResults(root: string): Results {
  const path = join(root, RESULTS_FILE);
  return existsSync(path) ? (JSON.parse(readFileSync(path, "utf8")) as Results) : { before: [], after: [] };
}

/** Writes a result in the place of the one that the same trial gave before. */
export function recordResult(key: keyof Results, result: Result): void {
  const name = ({ fault, where, title }: Result): string =>
    `${String(fault).padStart(2, "0")} ${where} ${title}`;
  const results = readResults(ROOT);
  const others = results[key].filter((other) => name(other) !== name(result));
  const sorted = [...others, result].sort((a, b) => (name(a) < name(b) ? -1 : 1));
  writeFileSync(join(ROOT, RESULTS_FILE), `${JSON.stringify({ ...results, [key]: sorted }, null, 2)}\n`);
}

/** A result as a run prints it. */
export function describeResult(result: Result): string {
  const {
    fault,
    title,
    where,
    code,
    requests,
    failed,
    secondsUntilWell,
    rowsLost,
    filesLost,
    hands,
    missed,
  } = result;
  const well =
    secondsUntilWell === null ? "not well by itself" : `well after ${secondsUntilWell.toFixed(1)} s`;
  return [
    `fault ${fault} (${title}, ${where}, ${code}, FAULTS_SEED=${result.seed}): ${failed} of ${requests} requests failed, ${well}, ` +
      `${rowsLost} rows and ${filesLost} files lost, hands needed: ${hands.length === 0 ? "none" : hands.join("; ")}`,
    ...missed.map((criterion) => `  ✗ ${criterion}`),
  ].join("\n");
}
