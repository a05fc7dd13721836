import { readFileSync } from "node:fs";
import { join } from "node:path";
import { HOST_FOLDER } from "../../cli/host/ssh";
import { ROOT } from "../support/guestbook";
import { saidIn } from "../support/pages";

const PAGE = "docs/own-project.md";

/** A constant of the release program. */
function constantOf(file: string, name: string): string | undefined {
  const text = readFileSync(join(ROOT, "assets/deploy/host/release_program", file), "utf8");
  return new RegExp(`^${name} = (\\d+)$`, "m").exec(text)?.[1];
}

it("as many runs of a job are kept as the page says, where it says", () => {
  const [runs, folder = ""] = saidIn(PAGE, /The last (\d+) runs are in `(\S+)\/NAME\.json`/);
  expect(constantOf("jobs/record.py", "KEPT")).toBe(runs);
  expect(`${HOST_FOLDER}/jobs`.endsWith(`/${folder}`)).toBe(true);
});

it("a second start of a job ends with the exit status that the page names", () => {
  const [status] = saidIn(PAGE, /the release program ends with the exit status (\d+)/);
  expect(constantOf("commands/jobs.py", "RUNS_ALREADY")).toBe(status);
});
