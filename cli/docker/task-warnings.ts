import { rolesThat } from "../../application/registry/queries";
import type { Container } from "./container";
import type { Docker } from "./docker";

/** How a task begins a line that is a warning, for example `migrate: warning: `. */
const WARNING = /^[a-z-]+: warning: (.*)$/;

/**
 * What the tasks of a release have warned of: their logs are read by nobody when all went well.
 *
 * @param earlier containers of before the release, whose tasks are none of it
 */
export async function taskWarnings(
  docker: Docker,
  name: string,
  earlier: readonly Container[],
): Promise<string[]> {
  const known = new Set(earlier.map(({ id }) => id));
  const tasks = rolesThat(({ kind }) => kind === "task");
  const containers = (await docker.containers(name)).filter(
    ({ id, role }) => tasks.includes(role) && !known.has(id),
  );
  const logs = await Promise.all(containers.map(({ id }) => docker.try(["logs", id])));
  return logs.flatMap(({ stdout }) => stdout.split("\n").flatMap((line) => WARNING.exec(line)?.[1] ?? []));
}
