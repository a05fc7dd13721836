import { spawn } from "node:child_process";
import { readFileSync, readdirSync } from "node:fs";

/** How a command ended. */
export interface Outcome {
  /** Exit status; -1 when a signal ended it. */
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
  /** Both streams, in the order in which they came. */
  readonly output: string;
  readonly seconds: number;
}

export interface RunOptions {
  /** @default the current folder */
  readonly cwd?: string;
  /** Variables on top of ours; undefined takes one away. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Text for standard input. @default none: the end of the file */
  readonly input?: string;
}

/** A command that runs. */
export interface Running {
  readonly pid: number;
  readonly done: Promise<Outcome>;
  /** Everything that it has written until now. */
  readonly output: () => string;
}

/** Variables of jest's and of the make that started it, which programs would take for theirs. */
const FOREIGN = Object.fromEntries(
  ["NODE_ENV", "JEST_WORKER_ID", "FORCE_COLOR", "LONG", "MAKEFLAGS", "MAKELEVEL", "MFLAGS"].map((name) => [
    name,
    undefined,
  ]),
);

/** Starts a command in a process group of its own, as a shell does. */
export function start(
  command: string,
  args: readonly string[],
  { cwd, env, input }: RunOptions = {},
): Running {
  const began = Date.now();
  const child = spawn(command, args, {
    cwd,
    env: { ...process.env, ...FOREIGN, ...env },
    detached: true,
    stdio: ["pipe", "pipe", "pipe"],
  });
  let [stdout, stderr, output] = ["", "", ""];
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    stdout += text;
    output += text;
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    stderr += text;
    output += text;
  });
  // A command that never reads closes its end.
  child.stdin.on("error", () => undefined);
  child.stdin.end(input ?? "");
  const done = new Promise<Outcome>((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (status) => {
      resolve({ status: status ?? -1, stdout, stderr, output, seconds: (Date.now() - began) / 1000 });
    });
  });
  return { pid: child.pid ?? 0, done, output: () => output };
}

/** Runs a command; its status is the caller's to judge. */
export async function run(
  command: string,
  args: readonly string[],
  options: RunOptions = {},
): Promise<Outcome> {
  return start(command, args, options).done;
}

/** Runs a command that must succeed; its standard output. */
export async function mustRun(
  command: string,
  args: readonly string[],
  options: RunOptions = {},
): Promise<string> {
  return succeeded(await run(command, args, options), `${command} ${args.join(" ")}`).stdout;
}

/** @throws with the end of the output when the command has failed */
export function succeeded(outcome: Outcome, what: string): Outcome {
  if (outcome.status === 0) return outcome;
  const end = outcome.output.trimEnd().split("\n").slice(-60).join("\n");
  throw new Error(`${what} ended with status ${outcome.status}:\n${end}`);
}

/** The errors that a command of ours has told: first line of each. */
export function errorsOf({ stderr }: Outcome): string[] {
  return stderr.split("\n").filter((line) => /^(✗|error:) /.test(line));
}

/** A process and all that it has started, whatever group they are in. */
export function processTree(pid: number): number[] {
  const children = new Map<number, number[]>();
  for (const entry of readdirSync("/proc").filter((name) => /^\d+$/.test(name))) {
    try {
      // After the name, which may hold anything: state and parent.
      const parent = Number(
        readFileSync(`/proc/${entry}/stat`, "utf8")
          .replace(/^.*\) /s, "")
          .split(" ")[1],
      );
      children.set(parent, [...(children.get(parent) ?? []), Number(entry)]);
    } catch {
      // It has ended since.
    }
  }
  const tree = [pid];
  // Grows while it is walked.
  for (const member of tree) tree.push(...(children.get(member) ?? []));
  return tree;
}

/** Waits until something holds. */
export async function waitFor<T>(
  what: string,
  seconds: number,
  ask: () => Promise<T | undefined>,
): Promise<T> {
  const end = Date.now() + seconds * 1000;
  for (;;) {
    const found = await ask();
    if (found !== undefined) return found;
    if (Date.now() > end) throw new Error(`${what}: not within ${seconds} s`);
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
}
