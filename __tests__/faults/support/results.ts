import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { RESULTS_FILE, type Result, type Results } from "../../../docs/generator/faults";
import { ROOT } from "../../support/guestbook";

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
