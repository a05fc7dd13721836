import { requireHost } from "../workspace/sections";
import type { Workspace } from "../workspace/workspace";
import { HostShell } from "./ssh";

/** Has the machine's release program do something, and ends with its status. */
export async function onMachine(workspace: Workspace, ...words: readonly string[]): Promise<void> {
  const host = new HostShell(workspace.root, requireHost(workspace));
  process.exitCode = await host.release(...words);
}
