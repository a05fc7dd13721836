import { execFile } from "node:child_process";
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { RELEASE_STEPS } from "../../rehearsal/faults/kill";
import { ROOT } from "../support/guestbook";
import { repetitions } from "../support/repetitions";

/** The release program's own tests, in Python: a host in a folder, and an engine in memory. */
const FOLDER = join(ROOT, "__tests__", "assets", "release_program");

const modules = readdirSync(FOLDER).flatMap((file) => /^(test_.*)\.py$/.exec(file)?.[1] ?? []);

// Side by side: some wait for a time limit of theirs, and the others compute.
it.concurrent.each(modules)(
  "release program: %s",
  async (module) => {
    const { stderr } = await promisify(execFile)("python3", ["-B", "-W", "error", "-m", "unittest", module], {
      cwd: FOLDER,
      env: {
        PATH: process.env["PATH"] ?? "",
        PYTHONPATH: [join(ROOT, "assets", "deploy", "host"), FOLDER].join(":"),
        // Each module takes its share of them: with fewer than four, one has none.
        RANDOM_RUNS: String(Math.max(4, repetitions(process.env["LONG"] === "1" ? 240 : 8))),
      },
    });
    expect(stderr).toMatch(/^Ran [1-9]\d* tests? in/m);
  },
  300_000,
);

it("the Python modules with tests are all found", () =>
  expect(modules.sort()).toEqual([
    "test_ballast",
    "test_clocks",
    "test_commands",
    "test_cron",
    "test_disk",
    "test_docker",
    "test_door",
    "test_files",
    "test_fit",
    "test_identity",
    "test_jobs",
    "test_processes",
    "test_proxy",
    "test_random",
    "test_refresh",
    "test_release",
    "test_removed_jobs",
    "test_runner_rules",
    "test_schedule",
    "test_services",
    "test_steps",
    "test_structure",
    "test_unwritten",
    "test_visitors",
  ]));

it("docs/releases.md tells of every step, in its order", () => {
  const [, table = ""] = readFileSync(join(ROOT, "docs", "releases.md"), "utf8").split("## What happens");
  const told = [...(table.split("\n## ")[0] ?? "").matchAll(/^\| `([a-z-]+)` /gm)].map(([, step]) => step);
  expect(told).toEqual(RELEASE_STEPS);
});
