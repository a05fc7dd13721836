import { requireOwnData } from "../../data/claim";
import { requireEngine } from "../../preflight/preflight";
import type { Workspace } from "../../workspace/workspace";
import { servingContainer } from "../../deploy/serving";

/** Runs the project's manage.py in the container that serves on this computer, and ends with its exit status. */
export async function manage(workspace: Workspace, words: readonly string[]): Promise<void> {
  await requireEngine(workspace);
  await requireOwnData(workspace);
  const { id } = await servingContainer(workspace);
  // Docker gives a terminal only where there is one: a script pipes its input.
  const terminal = process.stdin.isTTY && process.stdout.isTTY ? ["--tty"] : [];
  process.exitCode = await workspace.docker.interact([
    "exec",
    "--interactive",
    ...terminal,
    id,
    "manage",
    ...words,
  ]);
}
