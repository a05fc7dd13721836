import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { BUILD_LOG } from "../constructs/docker/application-image";
import { LOG_LINES } from "./watch";

/** What a failed build of the image said at its end; empty when it said nothing. */
export function readBuildLog(outdir: string): string[] {
  const file = join(outdir, "application", BUILD_LOG);
  return existsSync(file) ? failedStep(readFileSync(file, "utf8")) : [];
}

/**
 * The output of the step that failed, from the record that BuildKit writes: it repeats the step's last lines between
 * two rulers, each after the seconds since the step began.
 */
export function failedStep(record: string): string[] {
  const [, step] = /^-{6,}\n > [^\n]*\n([\s\S]*?)^-{6,}$/m.exec(record) ?? [];
  if (step === undefined) return [];
  return step
    .split("\n")
    .map((line) => line.replace(/^\d+\.\d+ ?/, "").trimEnd())
    .filter((line) => line !== "")
    .slice(-LOG_LINES);
}
