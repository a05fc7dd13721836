import { readFileSync } from "node:fs";
import { join } from "node:path";
import { runInNewContext } from "node:vm";
import { loadDeployment } from "../../config/load";
import { validate } from "../../config/load/validate";
import { ROOT } from "../support/guestbook";
import { PROJECT, complaintsAbout, refusal, resolved } from "../support/reading";

const COMMAND = "python manage.py clearsessions";

/** What a user reads about jobs, as the schema alone sees them. */
function complaints(jobs: unknown): string[] {
  return complaintsAbout({ jobs });
}

it("a job is a command, with defaults for all else, in the order in which they are written", () => {
  const { jobs } = resolved({
    jobs: {
      report: { command: "python manage.py report --to 'a b'", schedule: "30  6 * * mon-fri", timeLimit: 60 },
      clearsessions: { command: COMMAND },
    },
  });
  expect(jobs).toMatchObject([
    {
      name: "report",
      command: ["python", "manage.py", "report", "--to", "a b"],
      schedule: { text: "30 6 * * mon-fri", minutes: [30], hours: [6], weekdays: [1, 2, 3, 4, 5] },
      timeLimit: 60,
      memory: 256,
    },
    {
      name: "clearsessions",
      command: ["python", "manage.py", "clearsessions"],
      timeLimit: 3600,
      memory: 256,
    },
  ]);
  expect(jobs[1]).not.toHaveProperty("schedule");
  expect(resolved({}).jobs).toEqual([]);
});

it.each([
  [{ a: {} }, "jobs.a.command is missing"],
  [{ a: { command: "x | y" } }, 'jobs.a.command is "x | y"'],
  [{ a: { command: COMMAND, memory: 63 } }, "jobs.a.memory is 63"],
  [{ a: { command: COMMAND, timeLimit: 0 } }, "jobs.a.timeLimit is 0"],
  [{ a: { command: COMMAND, timeLimit: 604_801 } }, "jobs.a.timeLimit is 604801"],
  [{ a: { command: COMMAND, timeLimit: "1h" } }, 'jobs.a.timeLimit is "1h"'],
  [{ a: { command: COMMAND, schedule: 3 } }, "jobs.a.schedule is 3"],
  [{ a: { command: COMMAND, schedule: "0 3\n* * *" } }, 'jobs.a.schedule is "0 3\\n* * *"'],
  [{ a: { command: COMMAND, count: 2 } }, "jobs.a.count is an unknown key"],
  [{ My_Job: { command: COMMAND } }, "jobs.My_Job is no possible name"],
  [{ ["j".repeat(31)]: { command: COMMAND } }, `jobs.${"j".repeat(31)} is no possible name`],
  [["clearsessions"], "jobs is [ 'clearsessions' ]"],
])("%j is refused: %s", (jobs, first) => {
  const found = complaints(jobs);
  expect(found).toHaveLength(1);
  expect(found[0]).toMatch(/\n {4}expected: .+\n {4}to do: {4}.+/);
  expect(found[0]?.split("\n")[0]).toBe(`✗ ${first}`);
});

it("a schedule that cron can't read is told by field and value, with all other problems", () => {
  const jobs = {
    early: { command: COMMAND, schedule: "0 25 * * *" },
    daily: { command: COMMAND, schedule: "@daily" },
    web: { command: COMMAND },
    worker: { command: COMMAND },
  };
  const message = refusal({ jobs, processes: { worker: { command: "x" } } });
  expect(message).toContain(
    [
      '✗ jobs.early.schedule is "0 25 * * *", whose hour is "25"',
      "    expected: * or numbers from 0 to 23, as 1, 1-5, */2, 1-5/2, or several with commas",
      "    to do:    correct the hour; * stands for every one",
    ].join("\n"),
  );
  expect(message).toContain('write for example schedule: "0 0 * * *"');
  expect(message).toContain("✗ jobs.web is a name of ours");
  expect(message).toContain("✗ jobs.worker is the name of a process, too");
  expect(message.match(/^✗/gm)).toHaveLength(4);
});

describe("the memory", () => {
  it("is taken from web's, once: one run at a time", () => {
    const web = (jobs: object): number => resolved({ jobs }).memory["web"] ?? 0;
    expect(web({ a: { command: COMMAND } })).toBe(web({}) - 128);
    expect(resolved({ jobs: { a: { command: COMMAND, memory: 96 } } }).memory).toMatchObject({ a: 96 });
  });

  it("must fit a figure that the user has given", () =>
    expect(refusal({ jobs: { a: { command: COMMAND, memory: 1024 } }, local: { memory: 1500 } })).toContain(
      "the processes and jobs (1024 MiB in a release)",
    ));
});

it("the example of the documentation is what the page says, and fits a small machine", () => {
  const page = readFileSync(join(ROOT, "docs", "own-project.md"), "utf8");
  const [, example = ""] = /## Jobs\n.*?defineDeployment\((\{.*?\})\);\n```/s.exec(page) ?? [];
  const input = runInNewContext(`(${example})`) as object;
  expect(validate(input).problems).toEqual([]);
  expect(resolved(structuredClone(input)).jobs).toMatchObject([
    { name: "clearsessions", schedule: { text: "0 3 * * *" } },
    { name: "import-prices", timeLimit: 7200 },
  ]);
  const { jobs } = structuredClone(input) as { readonly jobs: object };
  const { deployment } = loadDeployment(
    { project: PROJECT, jobs, host: { region: "eu-central-1", instanceType: "t4g.small" } },
    ROOT,
    { withKeys: false },
  );
  expect(deployment.jobs).toHaveLength(2);
});
