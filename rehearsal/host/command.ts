import { execFile } from "node:child_process";
import { childEnvironment } from "../../config/environment";

/** How a command ended. */
export interface Outcome {
  /** Exit status; -1 when a signal ended it or it could not be started. */
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * Runs a command; its status is the caller's to judge. (cli/computer/process.ts has execa do it, which tests can't load.)
 *
 * @param env variables on top of ours
 */
export async function run(
  program: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<Outcome> {
  return new Promise((resolve) => {
    const options = { env: childEnvironment(env), maxBuffer: 64 * 1024 * 1024 };
    execFile(program, args, options, (error, stdout, stderr) => {
      const status = error === null ? 0 : typeof error.code === "number" ? error.code : -1;
      resolve({ status, stdout, stderr: stderr || (error?.message ?? "") });
    });
  });
}

/** Runs a command that must succeed; its standard output. */
export async function mustRun(
  program: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<string> {
  const { status, stdout, stderr } = await run(program, args, env);
  if (status !== 0)
    throw new Error(`${program} ${args.join(" ")} ended with status ${status}: ${stderr.trim()}`);
  return stdout;
}
