import { existsSync, readFileSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { plainLine } from "../../config/errors";
import { BUILD_LOG } from "../../constructs/docker/application-image";

/** Lines of the end of a step that are shown when nothing in it tells its cause from the rest. */
const LINES = 20;

/** Most lines that are shown: of a longer block its begin and its end. */
const MOST_LINES = 60;
const BEGIN = 12;

/** What the failed build of the image said; empty when it said nothing. */
export function readBuildLog(outdir: string): string[] {
  const file = buildLogOf(outdir);
  return existsSync(file) ? failedStep(readFileSync(file, "utf8")) : [];
}

/** Bytes of the record from which on it begins anew. */
const LARGEST_RECORD = 4 * 1024 ** 2;

/** Begins the record anew when it is large: BuildKit appends to it for ever. To be called before a build. */
export function boundBuildLog(outdir: string): void {
  const file = buildLogOf(outdir);
  if (existsSync(file) && statSync(file).size > LARGEST_RECORD) rmSync(file);
}

/** The record that holds all of it. */
export function buildLogOf(outdir: string): string {
  return join(outdir, "application", BUILD_LOG);
}

/**
 * What the failed step of the last build said, from the record that BuildKit appends to: each line after the number of
 * its step and the seconds since that began.
 */
export function failedStep(record: string): string[] {
  // Each build begins with the same line; what stands before the last one is history.
  const last = record.slice(Math.max(0, record.lastIndexOf("#0 building with")));
  const [, number] = [...last.matchAll(/^#(\d+) ERROR: /gm)].at(-1) ?? [];
  const said = number === undefined ? repeatedStep(last) : linesOfStep(last, number);
  const lines = said.map((line) => plainLine(line).trimEnd()).filter((line) => line !== "");
  return shortened(causeOf(lines));
}

function linesOfStep(record: string, number: string): string[] {
  const line = new RegExp(`^#${number} \\d+\\.\\d+ ?([^\\n]*)`, "gm");
  return [...record.matchAll(line)].map(([, said = ""]) => said);
}

/** The step as BuildKit repeats it between two rulers: of what failed before it began there is nothing else. */
function repeatedStep(record: string): string[] {
  const [, step = ""] = [...record.matchAll(/^-{6,}\n > [^\n]*\n([\s\S]*?)^-{6,}$/gm)].at(-1) ?? [];
  return step.split("\n").map((line) => line.replace(/^\d+\.\d+ ?/, ""));
}

/** pip's last block, with the package that it was at; of anything else the end. */
function causeOf(lines: readonly string[]): readonly string[] {
  const block = lines.findIndex((line) => /^\s*error: subprocess-exited-with-error/.test(line));
  const begin = block === -1 ? lines.findIndex((line) => /^\s*ERROR: /.test(line)) : block;
  if (begin === -1) return lines.slice(-LINES);
  const packages = lines.slice(0, begin).filter((line) => /^\s*(Collecting|Building wheel for) /.test(line));
  return [...packages.slice(-1), ...lines.slice(begin)];
}

function shortened(lines: readonly string[]): string[] {
  if (lines.length <= MOST_LINES) return [...lines];
  const left = lines.length - MOST_LINES;
  return [...lines.slice(0, BEGIN), `… ${left} lines are left out here …`, ...lines.slice(BEGIN + left)];
}
