import { relative } from "node:path";
import { DeploymentError } from "../../config/errors";
import { InterruptedError } from "./interrupt";
import { Log } from "./log";

/**
 * Runs a command, says what went wrong in the way that suits it, and sets the exit status: 130 when the user stopped it, 1
 * for everything else.
 *
 * @param root the program's own folder; absolute
 * @param name the command, as it is typed after `make`
 */
export async function attempt(root: string, name: string, action: () => Promise<void>): Promise<void> {
  try {
    await action();
  } catch (error) {
    process.exitCode = error instanceof InterruptedError ? 130 : 1;
    process.stderr.write(`\n${describe(root, name, error)}\n`);
  }
}

/** One clear message; of an error that nobody foresaw one line, and where the rest is. */
function describe(root: string, name: string, error: unknown): string {
  if (error instanceof InterruptedError)
    return `Stopped. Nothing is lost: "make ${name}" carries on from here.`;
  if (error instanceof DeploymentError) return error.message;
  const log = new Log(root, `${name}-error`);
  log.write(error instanceof Error ? (error.stack ?? error.message) : String(error));
  const [line] = (error instanceof Error ? error.message : String(error)).split("\n");
  return `✗ ${line ?? "an error without a message"}\n    to do:    see ${relative(root, log.path)}; "make ${name}" can be typed again at any time`;
}
