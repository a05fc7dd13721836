import { rolesThat } from "../../application/registry/queries";
import type { Container } from "./container";
import type { Docker } from "./docker";

/** How a task begins a line that is a warning, for example `migrate: warning: `. */
const WARNING = /^[a-z-]+: warning: (.*)$/;

/**
 * What the tasks of a release have warned of: their logs are read by nobody when all went well.
 *
 * @param made containers that the release has made
 */
export async function taskWarnings(docker: Docker, made: readonly Container[]): Promise<string[]> {
  const tasks = rolesThat(({ kind }) => kind === "task");
  const ofTasks = made.filter(({ role }) => tasks.includes(role));
  const logs = await Promise.all(ofTasks.map(({ id }) => docker.try(["logs", id])));
  return logs.flatMap(({ stdout }) => stdout.split("\n").flatMap((line) => WARNING.exec(line)?.[1] ?? []));
}
