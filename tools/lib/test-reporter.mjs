// Jest's reporter for tools/test: one line, with the time, for each test that ends and each long one that begins, so that
// a log shows at any moment what is going on; one line, with the time, for each file that ends, and below it its failures
// in full; the counts, and the time and failed tests of each file, as JSON in the file TEST_COUNTS.
import { writeFileSync } from "node:fs";
import { relative } from "node:path";

const SLOW_PROJECTS = ["docker", "load", "e2e", "cloud", "faults"];

const LABELS = { passed: "ok  ", failed: "FAIL", pending: "skip" };

export default class TestReporter {
  constructor(config) {
    this.root = config.rootDir;
    this.files = [];
  }

  say(text) {
    const seconds = Math.round((Date.now() - Number(process.env.TEST_BEGAN ?? Date.now())) / 1000);
    process.stdout.write(`[${String(seconds).padStart(5)} s] ${text}\n`);
  }

  place(test) {
    return relative(this.root, test.path).replace(/^__tests__\//, "");
  }

  onTestCaseStart(test, { fullName }) {
    if (this.isSlow(test)) this.say(`       ${this.place(test)} › ${fullName}`);
  }

  onTestCaseResult(test, { fullName, status, duration }) {
    const time = duration >= 1000 ? ` (${(duration / 1000).toFixed(0)} s)` : "";
    if (this.isSlow(test) || status === "failed") {
      this.say(`${LABELS[status] ?? status} ${this.place(test)} › ${fullName}${time}`);
    }
  }

  onTestFileResult(test, result) {
    const {
      numPassingTests: passed,
      numFailingTests: failed,
      numPendingTests: skipped,
      failureMessage,
      console,
      perfStats: { start, end },
      testResults,
    } = result;
    const seconds = (end - start) / 1000;
    const names = testResults.filter(({ status }) => status === "failed").map(({ fullName }) => fullName);
    // A file that can't even be loaded has no tests.
    const failures = failureMessage && names.length === 0 ? ["the file itself"] : names;
    this.files.push({ place: this.place(test), seconds, failures });
    // What a test measured.
    for (const { message } of console ?? [])
      process.stdout.write(`${message.replace(/^/gm, "            ")}\n`);
    const others = [failed > 0 && `${failed} failed`, skipped > 0 && `${skipped} skipped`].filter(Boolean);
    const numbers = [`${passed} passed`, ...others].join(", ");
    this.say(
      `${failureMessage ? "FAIL" : "ok  "} ${this.place(test)}: ${numbers} (${seconds.toFixed(1)} s in all)`,
    );
    if (failureMessage) process.stdout.write(`\n${failureMessage}\n`);
  }

  isSlow(test) {
    return SLOW_PROJECTS.includes(test.context.config.displayName?.name);
  }

  onRunComplete(_contexts, results) {
    const { numPassedTests, numFailedTests, numPendingTests, numTodoTests, numRuntimeErrorTestSuites } =
      results;
    writeFileSync(
      process.env.TEST_COUNTS,
      JSON.stringify({
        passed: numPassedTests,
        // A file that can't even be loaded is a failure too.
        failed: numFailedTests + numRuntimeErrorTestSuites,
        skipped: numPendingTests + numTodoTests,
        files: this.files,
      }),
    );
  }
}
