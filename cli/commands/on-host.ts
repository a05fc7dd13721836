import { userInfo } from "node:os";
import { HostShell } from "../host/ssh";
import type { Workspace } from "../workspace";
import { requireHost } from "./host";
import type { LogsOptions } from "./logs";

export interface RollbackOptions {
  /** Go back though the schema stands in the way. @default false */
  readonly anyway?: boolean;
}

/** Makes an earlier release serve again; without a name the one before. */
export async function rollback(
  workspace: Workspace,
  target: string | undefined,
  { anyway = false }: RollbackOptions,
): Promise<void> {
  const name = target === undefined ? [] : [target];
  await onMachine(
    workspace,
    "rollback",
    ...name,
    "--by",
    userInfo().username,
    ...(anyway ? ["--anyway"] : []),
  );
}

/** Has the machine's release program do something, and ends with its status. */
export async function onMachine(workspace: Workspace, ...words: readonly string[]): Promise<void> {
  const host = new HostShell(workspace.root, requireHost(workspace));
  process.exitCode = await host.release(...words);
}

/** What a service on the machine writes. @param role web, nginx or database. @default web */
export async function logsOfHost(
  workspace: Workspace,
  role = "web",
  { lines = "50", follow = true }: LogsOptions,
): Promise<void> {
  await onMachine(workspace, "logs", role, "--tail", lines, ...(follow ? ["--follow"] : []));
}
