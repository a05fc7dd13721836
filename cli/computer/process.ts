import type { Writable } from "node:stream";
import { childEnvironment } from "../../config/environment";

export interface RunOptions {
  /** Folder to run in. @default the current one */
  readonly cwd?: string;
  /** Environment variables on top of ours. @default none */
  readonly env?: Readonly<Record<string, string>>;
  /** Called with each line of output, of both streams, as it comes; it is not kept then. */
  readonly onLine?: (line: string) => void;
  /** Called with each piece of standard output as it comes; it is not kept then. */
  readonly onData?: (piece: Buffer) => void;
  /** An open file that takes standard output instead of us, so that the program can outlive us. */
  readonly output?: Writable;
  /** A group of its own: Ctrl-C in the terminal doesn't reach it, and it isn't killed with us. @default false */
  readonly detached?: boolean;
  /** Text for standard input; it is in no argument and no log. @default nothing: the end of the file */
  readonly input?: string;
  /** What it writes is for its user alone. @default the user's own umask */
  readonly confidential?: boolean;
  /** Seconds after which it is ended; its status is -1 then, and its standard error says so. 0: none. @default 0 */
  readonly timeout?: number;
  /** Called once the program runs. */
  readonly onStart?: (child: Child) => void;
}

/** A program that runs. */
export interface Child {
  readonly pid: number | undefined;
  readonly kill: (signal: NodeJS.Signals) => void;
}

/** How a program ended. */
export interface Outcome {
  /** Its exit status; -1 when a signal ended it or it could not be started. */
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
  /** There is no such program on this machine. */
  readonly missing: boolean;
  /** It was ended at its time limit. @default false */
  readonly timedOut?: boolean;
}

/** Runs a program without a shell; nothing else here does. A status other than 0 is an answer, not an exception. */
export async function run(
  command: string,
  args: readonly string[],
  options: RunOptions = {},
): Promise<Outcome> {
  // An ES module, which this program, being CommonJS, can only import at run time.
  const { execa } = await import("execa");
  const { cwd, env = {}, onLine, onData, output, detached = false, input, timeout } = options;
  const start = () =>
    execa(command, args, {
      reject: false,
      cwd,
      env: childEnvironment(env),
      extendEnv: false,
      detached,
      cleanup: !detached,
      ...(input === undefined ? { stdin: "ignore" } : { input }),
      stdout: output ?? "pipe",
      all: onLine !== undefined,
      // What a program says is wrong is kept, also where its output is handed on.
      buffer: onData ? { stdout: false, stderr: true } : onLine === undefined,
      ...(timeout !== undefined && { timeout: timeout * 1000 }),
    });
  const child = options.confidential ? withUmask(0o077, start) : start();
  options.onStart?.({ pid: child.pid, kill: (signal) => void child.kill(signal) });
  if (onData) child.stdout?.on("data", onData);
  if (onLine) for await (const line of linesOf(child.iterable({ from: "all" }))) onLine(line);
  const result = await child;
  const late = result.timedOut ? `${command} did not end within ${timeout} s\n` : "";
  return {
    status: result.exitCode ?? -1,
    stdout: textOf(result.stdout),
    stderr: textOf(result.stderr) + late,
    missing: result.code === "ENOENT",
    ...(result.timedOut && { timedOut: true }),
  };
}

/**
 * Runs a program with our own terminal, or our own standard streams.
 *
 * @returns its exit status; 127 when there is no such program
 */
export async function interact(
  command: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<number> {
  const { execa } = await import("execa");
  const options = { env: childEnvironment(env), extendEnv: false, reject: false, stdio: "inherit" } as const;
  const { exitCode, code } = await execa(command, args, options);
  return exitCode ?? (code === "ENOENT" ? 127 : 1);
}

/** A program takes over the umask of the moment in which it is started. */
function withUmask<T>(mask: number, action: () => T): T {
  const before = process.umask(mask);
  try {
    return action();
  } finally {
    process.umask(before);
  }
}

/** A program that fails has said what there is to say: its status is looked at afterwards. */
async function* linesOf(lines: AsyncIterable<unknown>): AsyncGenerator<string> {
  try {
    for await (const line of lines) yield String(line);
  } catch {
    return;
  }
}

function textOf(output: unknown): string {
  return typeof output === "string" ? output : "";
}
