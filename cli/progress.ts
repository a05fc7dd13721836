import { Listr } from "listr2";

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

/** Runs steps one after the other and shows where they are; the first that fails ends it. */
export async function runSteps(steps: readonly Step[], look: Look): Promise<void> {
  if (look === "live") await runLive(steps);
  else for (const step of steps) await runPlain(step);
}

async function runLive(steps: readonly Step[]): Promise<void> {
  const tasks = steps.map(({ title, run }) => ({
    title,
    task: async (_: unknown, task: { title: string; output: string }): Promise<void> => {
      const result = await run((line) => (task.output = line));
      if (result !== undefined) task.title = `${title}: ${result}`;
    },
  }));
  // The caller says what failed, once.
  await new Listr(tasks, { registerSignalListeners: false, rendererOptions: { showErrorMessage: false } }).run();
}

async function runPlain({ title, run }: Step): Promise<void> {
  const write = (line: string): void => void process.stdout.write(`${line}\n`);
  write(`- ${title}`);
  try {
    const result = await run((line) => write(`    ${line}`));
    write(`✓ ${title}${result === undefined ? "" : `: ${result}`}`);
  } catch (error) {
    write(`✗ ${title}`);
    throw error;
  }
}
