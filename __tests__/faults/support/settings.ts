import { execFileSync } from "node:child_process";
import { LONG } from "../../e2e/support/counts";
import { ROOT } from "../../support/guestbook";

const REPOSITORY = ["-c", `safe.directory=${ROOT}`, "-C", ROOT];

/** The code that faults are compared with, and whose deployments are taken over: main before the issue. */
export const BEFORE = "52d60f8";

/** What is asked of a run, by variables that `tools/faults` sets. */
export const SETTINGS = {
  /** All faults, also those that take long. */
  long: LONG,
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
  const git = (...args: string[]): string =>
    execFileSync("git", [...REPOSITORY, ...args], { encoding: "utf8", stdio: "pipe" }).trim();
  try {
    // What the suite itself writes is no change of the code.
    const changes = git(
      "status",
      "--porcelain",
      "--",
      ".",
      ":(exclude)__tests__/faults/results.json",
      ":(exclude)docs/faults.md",
    );
    return `${git("rev-parse", "--short=7", "HEAD")}${changes === "" ? "" : " with changes"}`;
  } catch {
    return "a checkout without git";
  }
}

/** Why the code of {@link BEFORE} can't be had; undefined when it can. */
export function withoutBefore(): string | undefined {
  try {
    execFileSync("git", [...REPOSITORY, "cat-file", "-e", `${BEFORE}^{commit}`], { stdio: "ignore" });
    return undefined;
  } catch {
    return `this checkout has no commit ${BEFORE} (a shallow clone, or no git repository): git fetch --unshallow`;
  }
}
