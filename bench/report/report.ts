import { writeFileSync } from "node:fs";
import { availableParallelism, loadavg, totalmem } from "node:os";
import { join } from "node:path";
import type { Result } from "./result";
import { markdownTable } from "./table";

/** What was measured where. */
export interface Report {
  readonly machine: {
    readonly processors: number;
    readonly memoryGiB: number;
    readonly node: string;
    /** Mean number of programs that wanted a processor, in the 15 minutes up to the end. */
    readonly load: number;
  };
  readonly results: readonly Result[];
}

/** The results, with what they depend on. */
export function reportOf(results: readonly Result[]): Report {
  const round = (value: number): number => Math.round(value * 10) / 10;
  return {
    machine: {
      processors: availableParallelism(),
      memoryGiB: round(totalmem() / 1024 ** 3),
      node: process.version,
      load: round(loadavg()[2] ?? 0),
    },
    results,
  };
}

/** The page that the README cites. */
export function pageOf({ machine, results }: Report): string {
  const { processors, memoryGiB, node, load } = machine;
  return `# Measurements

Made by \`make bench\`; the figures are in [bench/results.json](../bench/results.json) too. On ${processors} processors and
${memoryGiB} GiB of memory, Node ${node}, at a load of ${load} (of all programs, ours and others', on this machine): absolute
figures are this machine's, and only the ratios can be compared.

Everybody is measured in one run, in turns and every other time in the opposite order; a ratio is the median of the
rounds' ratios. wrk runs in the network namespace of whom it measures, at full speed, so a percentile is one of a server
that has all it can take. gunicorn stands there twice: configured as ours (a connection a request, as nginx uses it) and
with its own threaded worker and connections kept. runserver has the same settings as the stack (no \`DEBUG\`); it writes
an answer in two parts, and a client that keeps its connection waits 40 ms for the second (delayed acknowledgement).

${markdownTable(results)}
`;
}

/** Writes what the README cites. */
export function writeReport(root: string, report: Report): void {
  writeFileSync(join(root, "bench", "results.json"), `${JSON.stringify(report, null, 2)}\n`);
  writeFileSync(join(root, "docs", "bench.md"), pageOf(report));
}
