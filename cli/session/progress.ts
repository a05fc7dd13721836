import { styleText } from "node:util";
import { Listr } from "listr2";
import { type Interrupt, InterruptedError } from "./interrupt";

/** Says what is going on at the moment. */
export type Report = (line: string) => void;

/** One step of a command. */
export interface Step {
  readonly title: string;
  /** @returns what came of it, in a few words */
  readonly run: (report: Report) => Promise<string | undefined>;
}

/** `live` redraws lines in a terminal; `plain` writes one line for each thing that happens. */
export type Look = "live" | "plain";

export interface ProgressProps {
  readonly look: Look;
  /** No further step begins once it was requested. */
  readonly interrupt: Interrupt;
}

/** Runs steps one after the other and shows where they are; the first that fails ends it. */
export async function runSteps(steps: readonly Step[], { look, interrupt }: ProgressProps): Promise<void> {
  const guarded = steps.map((step) => ({
    ...step,
    run: async (report: Report) => {
      if (interrupt.requested) throw new InterruptedError();
      return step.run(report);
    },
  }));
  if (look === "live") await runLive(guarded);
  else for (const step of guarded) await runPlain(step);
}

/** Writes a line for the user. */
export function write(line: string): void {
  process.stdout.write(`${line}\n`);
}

/** Writes a line that must not be overlooked: in red where there is a terminal. */
export function warn(line: string, look: Look): void {
  write(look === "live" ? styleText("red", line) : line);
}

async function runLive(steps: readonly Step[]): Promise<void> {
  const tasks = steps.map(({ title, run }) => ({
    title,
    task: async (_: unknown, task: { title: string; output: string }): Promise<void> => {
      const result = await run((line) => (task.output = line));
      if (result !== undefined) task.title = `${title}: ${result}`;
    },
  }));
  // Signals are the interrupt's, and the caller says what failed, once.
  await new Listr(tasks, {
    registerSignalListeners: false,
    rendererOptions: { showErrorMessage: false },
  }).run();
}

async function runPlain({ title, run }: Step): Promise<void> {
  write(`- ${title}`);
  try {
    const result = await run((line) => write(`    ${line}`));
    write(`✓ ${title}${result === undefined ? "" : `: ${result}`}`);
  } catch (error) {
    write(`✗ ${title}`);
    throw error;
  }
}
