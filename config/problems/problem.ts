import { inspect } from "node:util";

/** One thing that is wrong, said so that its reader can mend it without a search. */
export interface Problem {
  /** Where: a path in `deployment.ts` (`database.memory`), a file, or a part of the machine (`Docker`). */
  readonly place: string;
  /** What was found there, as its writer would recognise it; absent when the thing itself is absent. */
  readonly value?: string;
  /** What would have been right. */
  readonly expected: string;
  /** What to type or change next. */
  readonly fix?: string;
  /** The last that the failed program said, line by line. */
  readonly log?: readonly string[];
  /** What is there, line by line: for whoever must decide what becomes of it. */
  readonly shown?: readonly string[];
}

/**
 * Everything that was found wrong in one go. Commands print its message and exit with status 1; nothing has
 * been written when it is thrown.
 */
export class DeploymentError extends Error {
  public override readonly name = "DeploymentError";

  /** @param problems what is wrong, in the order in which the reader should mend it; at least one */
  public constructor(public readonly problems: readonly Problem[]) {
    super(problems.map(describeProblem).join("\n"));
  }
}

/** Says one problem in three lines: place and value, what was expected, what to do; and what a program said. */
export function describeProblem({ place, value, expected, fix, log = [], shown = [] }: Problem): string {
  const found = value === undefined ? "is missing" : `is ${value}`;
  return [
    `✗ ${place} ${found}`,
    `    expected: ${expected}`,
    ...(fix ? [`    to do:    ${fix}`] : []),
    ...(shown.length > 0 ? ["    is there:", ...shown.map((line) => `      | ${plainLine(line)}`)] : []),
    ...(log.length > 0 ? ["    it said:", ...log.map((line) => `      | ${plainLine(line)}`)] : []),
  ].join("\n");
}

/** Most letters of a line that another program said. */
const LONGEST_LINE = 300;

/** Colours, movements of the cursor and titles of windows. */
const ESCAPES = /\u001b(?:\[[0-?]*[ -/]*[@-~]|\][^\u0007\u001b]*(?:\u0007|\u001b\\)?|[ -/]*[0-~])/g;

/** What is left of a line on a screen: without colours, and of a progress bar its last state. */
export function plainLine(line: string): string {
  const text = line.replace(ESCAPES, "").replace(/\r+$/, "").split("\r").at(-1) ?? "";
  const plain = text.replace(/\t/g, "    ").replace(/[\u0000-\u001f\u007f-\u009f]/g, "");
  return plain.length > LONGEST_LINE ? `${plain.slice(0, LONGEST_LINE)}…` : plain;
}

/** Most letters of a value that a message shows. */
const LONGEST = 80;

/** Shows a value of `deployment.ts` the way it is written there, shortened to one line. */
export function showValue(value: unknown): string {
  // Whatever it is, looking at it must not run anything of its own.
  const shown =
    typeof value === "string"
      ? JSON.stringify(value.slice(0, LONGEST))
      : typeof value === "function"
        ? "a function"
        : inspect(value, { breakLength: Infinity, customInspect: false, depth: 1, maxStringLength: LONGEST });
  const text = shown.replace(/\s+/g, " ");
  return text.length > LONGEST ? `${text.slice(0, LONGEST - 3)}...` : text;
}
