import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { killed } from "../../rehearsal/faults/kill";
import { ROOT } from "../support/guestbook";

/** Goes from step to step as the release program does, on a fake host on which it is to be killed at one of them. */
const RELEASE = `
import sys
from pathlib import Path
sys.path[:0] = [sys.argv[1], sys.argv[2]]
import kill_at_step
from release_program.record import Record
kill_at_step.arm(sys.argv[4])
folder = Path(sys.argv[3])
for step in ("space", "passwords", "roll"):
    Record("1", step=step).write(folder / "receipts" / "1.json")
    (folder / "address.next").write_text(step)
    (folder / "address.next").replace(folder / "address")
`;

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "kill-at-step-"));
  mkdirSync(join(folder, "receipts"));
});
afterEach(() => rmSync(folder, { recursive: true }));

function release(step: string): { readonly signal: string | null; readonly stdout: string; stderr: string } {
  const paths = [join(ROOT, "rehearsal", "host"), join(ROOT, "assets", "deploy", "host"), folder, step];
  return spawnSync("python3", ["-IB", "-c", RELEASE, ...paths], { encoding: "utf8" });
}

it("the release program dies at the beginning of the step, with the record of it written", () => {
  expect(release("passwords")).toMatchObject({
    signal: "SIGKILL",
    stdout: `${killed("passwords")}\n`,
    stderr: "",
  });
  expect(JSON.parse(readFileSync(join(folder, "receipts", "1.json"), "utf8"))).toMatchObject({
    step: "passwords",
    outcome: "running",
  });
  expect(readFileSync(join(folder, "address"), "utf8")).toBe("space");
});

it("a release without that step goes to its end", () => {
  expect(release("no-such-step")).toMatchObject({ status: 0, signal: null, stdout: "", stderr: "" });
});
