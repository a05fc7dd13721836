import { beginning } from "../../aws/beginning";
import { HostDeployer } from "../../aws/deployer";
import { askForName } from "../../session/name-question";
import { runSteps, write } from "../../session/progress";
import { requireHost } from "../../workspace/sections";
import type { Workspace } from "../../workspace/workspace";

export interface DestroyHostOptions {
  /** The deployment's name, typed out: stands for the question. @default the question is asked */
  readonly name?: string;
}

/** Removes the machine; its data, its address and its keys stay, and `make host` carries on with them. */
export async function destroyHost(workspace: Workspace, options: DestroyHostOptions): Promise<void> {
  const { name } = workspace.deployment;
  const host = requireHost(workspace);
  await askForName("destroy-host", name, options.name, [
    `This terminates the machine of ${name}. What it has stored stays on its data volume.`,
  ]);
  await workspace.lock.take("destroy-host", write);
  const deployer = new HostDeployer(workspace, { host, expendable: [name] });
  await runSteps(
    [
      ...beginning(workspace),
      { title: "Protection", run: (report) => deployer.unprotect(report) },
      { title: "Machine", run: (report) => deployer.destroy(report) },
    ],
    workspace,
  );
  write(`\nThe machine of ${name} is gone. Data volume, address and backups stay, and go on to cost money;`);
  write('"make host" makes a machine with them again, docs/host.md says how to delete them.');
}
