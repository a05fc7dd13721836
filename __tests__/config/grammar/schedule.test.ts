import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Cron } from "croner";
import * as fc from "fast-check";
import { type Schedule, isSchedule, readSchedule } from "../../../config/grammar/schedule";
import { schedules } from "../../support/arbitraries";
import { ROOT } from "../../support/guestbook";
import { repetitions } from "../../support/repetitions";

function read(text: string): Schedule {
  const schedule = readSchedule(text);
  if (!isSchedule(schedule)) throw new Error(`${text}: ${schedule.wrong}`);
  return schedule;
}

function mistake(text: string): string {
  const schedule = readSchedule(text);
  if (isSchedule(schedule)) throw new Error(`${text} was read`);
  const { wrong, expected, fix } = schedule;
  expect([expected, fix]).not.toContain("");
  return `${wrong} | ${expected} | ${fix}`;
}

const range = (from: number, to: number): number[] =>
  Array.from({ length: to - from + 1 }, (_, index) => from + index);

describe("a schedule", () => {
  it("is every value of each field", () =>
    expect(read(" 0\t3 *  * * ")).toEqual({
      text: "0 3 * * *",
      minutes: [0],
      hours: [3],
      days: range(1, 31),
      months: range(1, 12),
      weekdays: range(0, 6),
      eitherDay: false,
    }));

  it("has ranges, steps, lists, and names", () =>
    expect(read("*/20,7 8-17/3 1,15 jan,OCT-dec mon-fri")).toMatchObject({
      minutes: [0, 7, 20, 40],
      hours: [8, 11, 14, 17],
      days: [1, 15],
      months: [1, 10, 11, 12],
      weekdays: range(1, 5),
    }));

  it("takes 0 and 7 for Sunday", () =>
    expect(
      [read("0 0 * * 0"), read("0 0 * * 7"), read("0 0 * * 5-7")].map(({ weekdays }) => weekdays),
    ).toEqual([[0], [0], [0, 5, 6]]));

  // crontab(5) of Debian: "if both fields are restricted (ie, don't start with *)".
  it.each([
    ["0 0 13 * 5", true],
    ["0 0 * * 5", false],
    ["0 0 13 * *", false],
    ["0 0 */2 * 5", false],
    ["0 0 13 * */2", false],
  ])("%s: a day of either kind is enough: %s", (text, either) => expect(read(text).eitherDay).toBe(either));
});

describe("what is no schedule is told by its field and its value", () => {
  it.each([
    [
      "60 * * * *",
      'whose minute is "60" | * or numbers from 0 to 59, as 1, 1-5, */2, 1-5/2, or several with commas | correct the minute; * stands for every one',
    ],
    ["0 24 * * *", 'whose hour is "24" |'],
    ["0 0 0 * *", 'whose day of the month is "0" | * or numbers from 1 to 31,'],
    ["0 0 * 13 *", 'whose month is "13" | * or numbers from 1 to 12, or names from jan to dec,'],
    ["0 0 * * 8", 'whose day of the week is "8" | * or numbers from 0 to 7, or names from sun to sat,'],
    ["0 0 * * monday", 'whose day of the week is "monday"'],
    ["0 0 * jan-foo *", 'whose month is "jan-foo"'],
    ["5-1 * * * *", 'whose minute is "5-1": a range goes from the smaller to the larger'],
    ["0 0 * * fri-sun", 'whose day of the week is "fri-sun": a range goes from the smaller to the larger'],
    ["*/0 * * * *", 'whose minute is "*/0": a step is from 1 to 59'],
    ["*/90 * * * *", 'whose minute is "*/90": a step is from 1 to 59'],
    ["5/10 * * * *", 'whose minute is "5/10": a step wants * or a range before it'],
    ["1,,2 * * * *", 'whose minute is "1,,2"'],
    ["-1 * * * *", 'whose minute is "-1"'],
    ["1.5 * * * *", 'whose minute is "1.5"'],
    ["? * * * *", 'whose minute is "?"'],
    ["0 0 L * *", 'whose day of the month is "L"'],
    ["0 0 * * 5#2", 'whose day of the week is "5#2"'],
    ["0 0 31 2 *", "which is a day that never comes | a day that its months have"],
    ["0 0 31 4,6,9,11 *", "which is a day that never comes"],
    ["", "which are 0 fields"],
    ["0 3 * *", "which are 4 fields | cron's five fields:"],
    ["0 0 3 * * *", "which are 6 fields"],
    ["hourly", "which is one field"],
    [
      "@daily",
      'which is one field | cron\'s five fields: minute, hour, day of the month, month, day of the week; the time is UTC | write for example schedule: "0 0 * * *"',
    ],
    ["@reboot", 'schedule: "0 3 * * *"'],
  ])("%j", (text, said) => expect(mistake(text)).toContain(said));

  it("a day that comes in some of its months, or on a weekday, does come", () => {
    for (const text of ["0 0 31 2,3 *", "0 0 29 2 *", "0 0 31 2 1", "0 0 30 * *"])
      expect(isSchedule(readSchedule(text))).toBe(true);
  });

  it("whatever is written, it is read or told", () =>
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.array(fc.string(), { minLength: 5, maxLength: 5 }).map((all) => all.join(" ")),
        ),
        (text) => {
          const found = readSchedule(text);
          return isSchedule(found) ? found.minutes.length > 0 : found.wrong !== "";
        },
      ),
      { numRuns: repetitions(1000) },
    ));
});

describe("the release program", () => {
  /** Days of the month and of the week with a step after `*`: croner takes such a day for restricted, cron does not. */
  const ambiguous = (text: string): boolean => / \*\/\S+ \S+ (?!\*( |$))| (?!\* )\S+ \S+ \*\/\S+$/.test(text);

  it("knows the times that croner knows", () => {
    const folder = mkdtempSync(join(tmpdir(), "schedules-"));
    try {
      const cases = fc.sample(
        fc.tuple(
          schedules.filter((text) => !ambiguous(text)),
          fc.date({ min: new Date("2024-01-01"), max: new Date("2040-01-01"), noInvalidDate: true }),
        ),
        repetitions(400),
      );
      const count = 4;
      const file = join(folder, "schedules.json");
      const asked = cases.map(([text, after]) => ({
        schedule: read(text),
        after: after.toISOString(),
        count,
      }));
      writeFileSync(file, JSON.stringify(asked));
      const { status, stderr } = spawnSync("python3", ["-B", "-m", "unittest", "test_schedule"], {
        cwd: join(ROOT, "__tests__/assets/release_program"),
        encoding: "utf8",
        env: {
          PATH: process.env["PATH"] ?? "",
          PYTHONPATH: join(ROOT, "assets/deploy/host"),
          SCHEDULES: file,
        },
      });
      expect({ status, stderr: status === 0 ? "" : stderr }).toEqual({ status: 0, stderr: "" });
      const told = JSON.parse(readFileSync(file, "utf8")) as string[][];
      const known = cases.map(([text, after]) =>
        new Cron(text, { timezone: "UTC", paused: true })
          .nextRuns(count, after)
          .map((moment) => moment.toISOString()),
      );
      expect(told.map((times, index) => [cases[index], times])).toEqual(
        known.map((times, index) => [cases[index], times]),
      );
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
