import { DeploymentError } from "../../../config/errors";
import { beginning } from "../../aws/beginning";
import { HostDeployer, KEY_PAIR_ADDRESS } from "../../aws/deployer";
import { importHost } from "../../aws/import-host";
import { type HostOutputs, readOutputs } from "../../host/outputs";
import { writeSshConfig } from "../../host/ssh";
import { machineProblems } from "../../problems";
import { type Step, runSteps, write } from "../../session/progress";
import { requireHost } from "../../workspace/sections";
import type { Workspace } from "../../workspace/workspace";

export interface HostOptions {
  /** Say what would be done, and do nothing. @default false */
  readonly plan?: boolean;
  /** Have the states know what AWS has, and do nothing else; the id of the data volume where there are several. */
  readonly import?: string | true;
  /** Name of the deployment, typed out: its machine is replaced by a new one. @default it stays */
  readonly replaceMachine?: string;
  /** Names of resources that may be lost. @default none */
  readonly lose?: readonly string[];
}

/** Makes the machine on AWS, or brings it to what `deployment.ts` says. */
export async function host(workspace: Workspace, options: HostOptions): Promise<void> {
  const { deployment, lock } = workspace;
  const settings = requireHost(workspace);
  const { replaceMachine } = options;
  if (replaceMachine !== undefined && replaceMachine !== deployment.name) {
    throw new DeploymentError([machineProblems.wrongName(replaceMachine, deployment.name)]);
  }
  await lock.take("host", write);
  const { lose = [] } = options;
  // A new machine is opened by new keys.
  const keys = replaceMachine === undefined ? [] : [KEY_PAIR_ADDRESS];
  const deployer = new HostDeployer(workspace, { host: settings, expendable: [...lose, ...keys] });
  if (options.import !== undefined) {
    const volume = options.import === true ? undefined : options.import;
    return importHost(workspace, { host: settings, volume, deployer });
  }
  if (options.plan === true) return preview(workspace, deployer);
  // For the machine alone: the vault of the snapshots has the deployment's name, too.
  const replacer = new HostDeployer(workspace, { host: settings, expendable: [...lose, deployment.name] });

  const steps: Step[] = [
    ...beginning(workspace),
    { title: "Data and address", run: (report) => deployer.deploy("host-data", report) },
    ...(replaceMachine === undefined
      ? [{ title: "Machine", run: (report) => deployer.deploy("host", report) } satisfies Step]
      : [
          {
            title: "Protection of the old machine",
            run: (report) => replacer.unprotect(report),
          } satisfies Step,
          { title: "New machine", run: (report) => replacer.replace(report) } satisfies Step,
        ]),
  ];
  await runSteps(steps, workspace);
  const outputs = readOutputs(await workspace.terraform.stack("host").outputs());
  writeSshConfig(workspace.root, outputs.address, settings);
  describe(workspace, outputs);
}

async function preview(workspace: Workspace, deployer: HostDeployer): Promise<void> {
  const lines: string[] = [];
  const look = (id: "host-data" | "host"): Step => ({
    title: id,
    run: async (report) => {
      const changes = await deployer.preview(id, report);
      lines.push(...changes.map((line) => `  ${id}: ${line}`));
      return changes.length === 0 ? "no changes" : `${changes.length} changes`;
    },
  });
  await runSteps([...beginning(workspace), look("host-data")], workspace);
  // Before the first is there, the second has nothing to read its ids from.
  const { objects } = await workspace.terraform.stack("host-data").pullState();
  if (objects.length > 0) await runSteps([look("host")], workspace);
  lines.forEach(write);
  write(`\nNothing was changed.${objects.length > 0 ? "" : " The machine itself comes after these."}`);
}

function describe({ deployment }: Workspace, outputs: HostOutputs): void {
  write(
    `\nThe machine of ${deployment.name} is at ${outputs.address}. It now prepares itself for some three minutes.`,
  );
  write("  release the project:    make release (it waits until the machine is ready)");
  write(`  shell on the machine:   ${outputs.session}`);
  write(`  after the first release: ${outputs.url}`);
  write("AWS charges for:");
  for (const [what, size] of Object.entries(outputs.costs)) write(`  ${what.replaceAll("_", " ")}: ${size}`);
}
