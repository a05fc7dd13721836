import { execFileSync } from "node:child_process";
import { ROOT } from "../../support/guestbook";

/** The code that faults are compared with, and whose deployments are taken over: main before the issue. */
export const BEFORE = "52d60f8";

/** What is asked of a run, by variables that `tools/faults` sets. */
export const SETTINGS = {
  /** All faults, also those that take long. */
  long: process.env["LONG"] === "1",
  /** Try the code of {@link BEFORE}: what does not hold is written down and fails nothing. */
  before: process.env["FAULTS_OF"] === "before",
  /** Write the results into results.json. */
  record: process.env["FAULTS_RECORD"] === "1",
  /** Repeats the random moments of another run. */
  seed: Number(process.env["FAULTS_SEED"] ?? Date.now() % 1_000_000),
} as const;

/** The commit whose code is tried; undefined: the working tree. */
export const TRIED_COMMIT = SETTINGS.before ? BEFORE : undefined;

/** What the code that is tried is called in the results. */
export function nameOfTried(): string {
  if (SETTINGS.before) return BEFORE;
  const git = ["-c", `safe.directory=${ROOT}`, "-C", ROOT, "describe", "--always", "--dirty", "--abbrev=7"];
  return execFileSync("git", git, { encoding: "utf8" }).trim();
}

/** Why the code of {@link BEFORE} can't be had; undefined when it can. */
export function withoutBefore(): string | undefined {
  try {
    const git = ["-c", `safe.directory=${ROOT}`, "-C", ROOT, "cat-file", "-e", `${BEFORE}^{commit}`];
    execFileSync("git", git, { stdio: "ignore" });
    return undefined;
  } catch {
    return `this checkout has no commit ${BEFORE} (a shallow clone, or no git repository): git fetch --unshallow`;
  }
}
