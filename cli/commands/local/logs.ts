import { processThatServes, rolesThat } from "../../../application/registry/queries";
import { DeploymentError } from "../../../config/errors";
import { foreignOwner } from "../../data/claim";
import type { Container } from "../../docker/container";
import { onMachine } from "../../host/on-machine";
import { requireEngine } from "../../preflight/preflight";
import { machineProblems } from "../../problems";
import { write } from "../../session/progress";
import type { Workspace } from "../../workspace/workspace";

export interface LogsOptions {
  /** How many earlier lines of each container. @default 50 */
  readonly lines?: string;
  /** Go on with what is written from now on. @default true */
  readonly follow?: boolean;
}

/** Whose logs, when nobody says whose: a request's way. */
const DEFAULT_ROLES = rolesThat(({ servesRequests }) => servesRequests);

/** Milliseconds between two looks for containers of a new release. */
const PERIOD = 2000;

/** Shows what containers write, each line with the container that wrote it. */
export async function logs(workspace: Workspace, role?: string, options: LogsOptions = {}): Promise<void> {
  const { docker, deployment, interrupt } = workspace;
  const { lines = "50", follow = true } = options;

  await requireEngine(workspace);
  const foreign = await foreignOwner(workspace);
  if (foreign !== undefined) process.stderr.write(`note: ${foreign}\n`);
  const all = await docker.containers(deployment.name);
  if (loggedOf(all, role).length === 0) {
    const known = [...new Set(all.map((container) => container.role))].sort();
    throw new DeploymentError([machineProblems.unknownRole(role ?? processThatServes(), known)]);
  }
  const followed = new Map<string, Promise<void>>();
  const show = async ({ id, role: of }: Container): Promise<void> => {
    const args = ["logs", "--tail", lines, ...(follow ? ["--follow"] : []), id];
    let stopListening: (() => void) | undefined;
    await docker.try(args, {
      // Whoever follows ends it.
      timeout: 0,
      onLine: (line) => write(`${of} ${id.slice(0, 6)} | ${line}`),
      onStart: (child) => (stopListening = interrupt.onRequest(() => child.kill("SIGTERM"))),
    });
    stopListening?.();
  };
  const showNew = (containers: readonly Container[]): void => {
    for (const container of loggedOf(containers, role)) {
      if (!followed.has(container.id)) followed.set(container.id, show(container));
    }
  };

  showNew(all);
  while (follow && !interrupt.requested) {
    await new Promise((resolve) => setTimeout(resolve, PERIOD));
    // A release brings containers that weren't there at first.
    showNew(await docker.containers(deployment.name));
  }
  await Promise.all(followed.values());
}

/** What a service on the machine writes. @param role a service's name. @default the process that serves requests */
export async function logsOfHost(
  workspace: Workspace,
  role = processThatServes(),
  { lines = "50", follow = true }: LogsOptions,
): Promise<void> {
  await onMachine(workspace, "logs", role, "--tail", lines, ...(follow ? ["--follow"] : []));
}

/** The containers whose logs are shown: those of a role, or those through which a request goes. */
export function loggedOf(containers: readonly Container[], role?: string): Container[] {
  const wanted = role === undefined ? DEFAULT_ROLES : [role];
  return containers.filter((one) => wanted.includes(one.role));
}
