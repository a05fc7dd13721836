import { readFileSync } from "node:fs";
import { join } from "node:path";

/** What one trial of a fault has shown. `__tests__/faults/support/results.ts` writes it. */
export interface Result {
  /** Number in the list of faults: 1 to 30 were foreseen; from 31 on nobody had. */
  readonly fault: number;
  readonly title: string;
  readonly where: "local" | "host";
  /** By what the fault counts as survived. */
  readonly survived: string;
  /** Which code was tried: the commit. */
  readonly code: string;
  /** Repeats the random moments of the trial. */
  readonly seed: number;
  readonly requests: number;
  readonly failed: number;
  /** Seconds from the end of the harm; null: never by itself, or not measured. */
  readonly secondsUntilWell: number | null;
  readonly rowsLost: number;
  readonly filesLost: number;
  /** What somebody had to do, in commands. */
  readonly hands: readonly string[];
  /** What does not hold of that by which it counts as survived. */
  readonly missed: readonly string[];
}

/** All results: of the code before and of the code that is here. */
export interface Results {
  readonly before: readonly Result[];
  readonly after: readonly Result[];
}

/** Where the results are kept, relative to the program's folder. */
export const RESULTS_FILE = "__tests__/faults/results.json";

const WHERE = { local: "this computer", host: "the fake host" } as const;

/** The page of faults, made from what the suite has written down. @param root the program's own folder */
export function faultsOf(root: string): string {
  return pageOf(JSON.parse(readFileSync(join(root, RESULTS_FILE), "utf8")) as Results);
}

/** Renders the results. Pure. */
export function pageOf({ before, after }: Results): string {
  const codes = (results: readonly Result[]): string =>
    [...new Set(results.map(({ code }) => `\`${code}\``))].join(", ") || "not tried yet";
  const names = new Map([...before, ...after].map((result) => [nameOf(result), result]));
  const sections = [...names]
    .sort(([, a], [, b]) => a.fault - b.fault)
    .map(([name, result]) => {
      const find = (results: readonly Result[]): Result | undefined =>
        results.find((other) => nameOf(other) === name);
      return sectionOf(result, find(before), find(after));
    });
  return `# Faults

Made by \`make docs\` from what \`make faults\` and \`make faults ARGS=--before\` have printed; every figure is in
[\`__tests__/faults/results.json\`](../__tests__/faults/results.json). Before: ${codes(before)}. After: ${codes(after)}.

A load of 30 requests a second runs while a fault is injected; every sixth request writes an entry, half of them with an
image. "Well after" is the time from the end of the harm until the last request was sent that failed. Rows and files lost
are those that were acknowledged, or were there before, and are not there afterwards. Hands are the commands that
somebody had to type. Nobody had foreseen the faults from 31 on. \`make faults ARGS=PATTERN\` injects those of one file,
\`FAULTS_SEED\` of a line repeats its moments.

${sections.join("\n\n")}
`;
}

function nameOf({ fault, where, title }: Result): string {
  return `${fault} ${where} ${title}`;
}

const HEAD = ["", "survived", "requests failed", "well after", "rows lost", "files lost", "hands"];

function sectionOf(
  { fault, title, where, survived }: Result,
  before: Result | undefined,
  after: Result | undefined,
): string {
  const row = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`;
  const missed = (after ?? before)?.missed ?? [];
  return [
    `## ${fault}: ${title}, on ${WHERE[where]}`,
    "",
    `Survived when: ${survived}.`,
    "",
    row(HEAD),
    row(HEAD.map((_, column) => (column < 2 ? "---" : "---:"))),
    row(["before", ...cellsOf(before)]),
    row(["after", ...cellsOf(after)]),
    ...(missed.length > 0
      ? [
          "",
          `What did not hold ${after ? "after" : "before"}:`,
          "",
          ...missed.map((line) => `- ${plain(line)}`),
        ]
      : []),
  ].join("\n");
}

function cellsOf(result: Result | undefined): readonly string[] {
  if (!result) return ["not tried", "", "", "", "", ""];
  const { missed, failed, requests, secondsUntilWell, rowsLost, filesLost, hands } = result;
  return [
    missed.length === 0 ? "yes" : "no",
    requests === 0 ? "no load" : `${failed} of ${requests}`,
    secondsUntilWell === null ? "never by itself" : `${secondsUntilWell} s`,
    String(rowsLost),
    String(filesLost),
    hands.length === 0 ? "none" : hands.map((hand) => `\`${hand}\``).join("; "),
  ];
}

/** A line that Markdown leaves as it is. */
function plain(text: string): string {
  return text.replace(/\s+/g, " ").replace(/[|<>*_`[\]]/g, "\\$&");
}
