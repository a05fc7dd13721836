import type { Host } from "../../config/host";
import { type Step, runSteps, write } from "../session/progress";
import { HOST_STACKS } from "../terraform/terraform";
import type { Workspace } from "../workspace/workspace";
import { beginning } from "./beginning";
import type { HostDeployer } from "./deployer";
import { HostImport } from "./import";

export interface ImportHostProps {
  readonly host: Host;
  /** Id of the data volume that is meant. @default the only one that has the tags */
  readonly volume?: string;
  readonly deployer: HostDeployer;
}

/** Makes the states of a host anew from what AWS has, then says what `make host` would do. Changes nothing on AWS. */
export async function importHost(workspace: Workspace, props: ImportHostProps): Promise<void> {
  const taking = new HostImport(workspace, props);
  const lines: string[] = [];
  await runSteps(
    [
      ...beginning(workspace),
      { title: "Data volume on AWS", run: () => taking.search() },
      ...HOST_STACKS.map((id): Step => ({
        title: `State of ${id}`,
        run: (report) => taking.take(id, report),
      })),
      ...HOST_STACKS.map((id): Step => ({
        title: `What make host would do in ${id}`,
        run: async (report) => {
          const changes = await props.deployer.preview(id, report);
          lines.push(...changes.map((line) => `  ${id}: ${line}`));
          return changes.length === 0 ? "no changes" : `${changes.length} changes`;
        },
      })),
    ],
    workspace,
  );
  for (const line of taking.left) write(`not taken over: ${line}`);
  lines.forEach(write);
  write(
    "\nThe states know what AWS has; nothing was changed there. What is listed above comes with: make host",
  );
}
