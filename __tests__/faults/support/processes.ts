import { lines } from "../../e2e/support/docker";
import type { Site } from "./site";

/** A process in a container, as the engine's machine sees it. */
interface Process {
  readonly pid: string;
  readonly parent: string;
  readonly name: string;
}

/** The processes of a program in a role's one container. Those that have ended and are listed still are left out. */
export async function processesOf(site: Site, role: string, program: string): Promise<readonly Process[]> {
  const { Id } = await site.container(role);
  return lines(await site.mustDocker(["top", Id, "-eo", "pid,ppid,stat,comm"]))
    .slice(1)
    .map((line) => line.trim().split(/\s+/, 4))
    .filter(([, , state = "", name]) => name === program && !state.startsWith("Z"))
    .map(([pid = "", parent = "", , name = ""]) => ({ pid, parent, name }));
}

/** A program's master and its workers: a master is no child of another one. */
export async function workersAndMaster(
  site: Site,
  role: string,
  program: string,
): Promise<{ readonly master: readonly Process[]; readonly workers: readonly Process[] }> {
  const processes = await processesOf(site, role, program);
  const pids = new Set(processes.map(({ pid }) => pid));
  return {
    master: processes.filter(({ parent }) => !pids.has(parent)),
    workers: processes.filter(({ parent }) => pids.has(parent)),
  };
}
