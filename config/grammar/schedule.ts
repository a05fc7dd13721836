/** When something runs, read from cron's five fields: every value of each field, in ascending order. Time is UTC. */
export interface Schedule {
  /** As it was written, with single spaces: `0 3 * * *`. */
  readonly text: string;
  readonly minutes: readonly number[];
  readonly hours: readonly number[];
  /** Days of the month, from 1. */
  readonly days: readonly number[];
  /** From 1. */
  readonly months: readonly number[];
  /** From 0, which is Sunday, to 6. */
  readonly weekdays: readonly number[];
  /** Whether a day of either kind is enough, as cron has it when neither field of days starts with `*`. */
  readonly eitherDay: boolean;
}

/** Why a schedule can't be read. */
export interface ScheduleMistake {
  /** What is wrong, after the schedule: `whose hour is "25"`. */
  readonly wrong: string;
  readonly expected: string;
  readonly fix: string;
}

/** One of the five fields. */
interface Field {
  readonly name: string;
  readonly min: number;
  readonly max: number;
  /** Names that stand for the values from `min` on. */
  readonly names?: readonly string[];
}

const FIELDS: readonly Field[] = [
  { name: "minute", min: 0, max: 59 },
  { name: "hour", min: 0, max: 23 },
  { name: "day of the month", min: 1, max: 31 },
  { name: "month", min: 1, max: 12, names: "jan feb mar apr may jun jul aug sep oct nov dec".split(" ") },
  // Cron takes 7 for Sunday, too.
  { name: "day of the week", min: 0, max: 7, names: "sun mon tue wed thu fri sat".split(" ") },
];

/** What the words stand for that cron takes in place of five fields. */
const WORDS: Readonly<Record<string, string>> = {
  "@yearly": "0 0 1 1 *",
  "@annually": "0 0 1 1 *",
  "@monthly": "0 0 1 * *",
  "@weekly": "0 0 * * 0",
  "@daily": "0 0 * * *",
  "@midnight": "0 0 * * *",
  "@hourly": "0 * * * *",
};

/** Most days of each month, from January on. */
const DAYS = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31] as const;

/**
 * Reads cron's five fields as Debian's cron does: `*`, numbers, ranges, steps, lists, and names of months and weekdays.
 * It knows no more than that: no word such as `@daily`, and no sixth field.
 */
export function readSchedule(written: string): Schedule | ScheduleMistake {
  const parts = written.split(/\s+/).filter((part) => part !== "");
  if (parts.length !== FIELDS.length) return wrongCount(parts);
  const values: number[][] = [];
  for (const [index, field] of FIELDS.entries()) {
    const found = readField(field, parts[index] ?? "");
    if (!Array.isArray(found)) return found;
    values.push(found);
  }
  const [minutes = [], hours = [], days = [], months = [], weekdays = []] = values;
  const eitherDay = ![parts[2], parts[4]].some((part) => part?.startsWith("*"));
  if (!eitherDay && !months.some((month) => (days[0] ?? 0) <= (DAYS[month - 1] ?? 0)))
    return {
      wrong: "which is a day that never comes",
      expected: "a day that its months have",
      fix: "correct the day of the month, or the month",
    };
  return {
    ...{ text: parts.join(" "), minutes, hours, days, months, eitherDay },
    weekdays: ascending(weekdays.map((day) => day % 7)),
  };
}

/** Whether a schedule was read. */
export function isSchedule(read: Schedule | ScheduleMistake): read is Schedule {
  return "minutes" in read;
}

function wrongCount(parts: readonly string[]): ScheduleMistake {
  const meant = WORDS[parts.join(" ").toLowerCase()];
  return {
    wrong: parts.length === 1 ? "which is one field" : `which are ${parts.length} fields`,
    expected: "cron's five fields: minute, hour, day of the month, month, day of the week; the time is UTC",
    fix: `write for example schedule: "${meant ?? "0 3 * * *"}"`,
  };
}

/** The values of a field, or why it has none. */
function readField(field: Field, text: string): number[] | ScheduleMistake {
  const values: number[] = [];
  for (const entry of text.split(",")) {
    const found = readEntry(field, entry);
    if (typeof found === "string")
      return {
        wrong: `whose ${field.name} is "${text}"${found}`,
        expected: expectationOf(field),
        fix: `correct the ${field.name}; * stands for every one`,
      };
    values.push(...found);
  }
  return ascending(values);
}

/** The values of one entry of a list, or what else is to be said of it. */
function readEntry(field: Field, entry: string): number[] | string {
  const [, all, from, to, step = "1"] = /^(?:(\*)|(\w+)(?:-(\w+))?)(?:\/(\d{1,2}))?$/.exec(entry) ?? [];
  const first = all === undefined ? valueOf(field, from) : field.min;
  const last = all === undefined ? (to === undefined ? first : valueOf(field, to)) : field.max;
  const by = Number(step);
  if (first === undefined || last === undefined) return "";
  if (all === undefined && to === undefined && entry.includes("/"))
    return ": a step wants * or a range before it";
  if (first > last) return ": a range goes from the smaller to the larger";
  if (by < 1 || by > field.max) return `: a step is from 1 to ${field.max}`;
  return Array.from({ length: Math.floor((last - first) / by) + 1 }, (_, index) => first + index * by);
}

function valueOf({ min, max, names = [] }: Field, text = ""): number | undefined {
  const named = names.indexOf(text.toLowerCase());
  if (named >= 0) return named + min;
  const value = /^\d{1,2}$/.test(text) ? Number(text) : Number.NaN;
  return value >= min && value <= max ? value : undefined;
}

function expectationOf({ min, max, names }: Field): string {
  const named = names ? `, or names from ${names[0]} to ${names.at(-1)}` : "";
  return `* or numbers from ${min} to ${max}${named}, as 1, 1-5, */2, 1-5/2, or several with commas`;
}

function ascending(values: readonly number[]): number[] {
  return [...new Set(values)].sort((one, other) => one - other);
}
