import { rolesThat } from "../../application/registry/queries";
import type { Docker } from "./docker";

/** How a task begins a line that is a warning, for example `migrate: warning: `. */
const WARNING = /^[a-z-]+: warning: (.*)$/;

/**
 * What the tasks of a release have warned of: their logs are read by nobody when all went well.
 *
 * @param since when the release began
 */
export async function taskWarnings(docker: Docker, name: string, since: Date): Promise<string[]> {
  const tasks = rolesThat(({ kind }) => kind === "task");
  const containers = (await docker.containers(name)).filter(({ role }) => tasks.includes(role));
  const logs = await Promise.all(
    containers.map(({ id }) => docker.try(["logs", `--since=${since.toISOString()}`, id])),
  );
  return logs.flatMap(({ stdout }) => stdout.split("\n").flatMap((line) => WARNING.exec(line)?.[1] ?? []));
}
