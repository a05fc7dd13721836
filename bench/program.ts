import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { performance } from "node:perf_hooks";
import { childEnvironment } from "../config/environment";

/** A program whose start to end is measured. */
export interface Program {
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd: string;
  /** Environment variables on top of ours. @default none */
  readonly env?: Readonly<Record<string, string>>;
}

/** Has a Node program say its largest resident size, in KiB, when it ends. */
const SAY_PEAK = `process.on("exit", () => process.stderr.write("\\npeak " + process.resourceUsage().maxRSS + "\\n"))`;

/** @returns seconds from start to end */
export function timeOf(program: Program): number {
  const began = performance.now();
  runToEnd(program);
  return (performance.now() - began) / 1000;
}

/**
 * Measured in a run of its own, since the program is told to say it.
 *
 * @param folder where to lay the file that tells it
 * @returns MiB that a Node program, or the largest of those that it starts, has held at most
 */
export function peakOf(program: Program, folder: string): number {
  const file = join(folder, "say-peak.cjs");
  writeFileSync(file, SAY_PEAK);
  // Not --import: that changes how Node loads the program.
  const stderr = runToEnd({ ...program, env: { ...program.env, NODE_OPTIONS: `--require=${file}` } });
  const peaks = [...stderr.matchAll(/^peak (\d+)$/gm)].map(([, peak]) => Number(peak));
  if (peaks.length === 0) throw new Error(`${program.command} did not say how much memory it took`);
  return Math.max(...peaks) / 1024;
}

function runToEnd({ command, args, cwd, env = {} }: Program): string {
  const { status, error, stderr } = spawnSync(command, args, {
    cwd,
    env: childEnvironment(env),
    encoding: "utf8",
    stdio: ["ignore", "ignore", "pipe"],
  });
  if (status !== 0) {
    throw new Error(`${[command, ...args].join(" ")}: ${error?.message ?? (stderr || `status ${status}`)}`);
  }
  return stderr;
}
