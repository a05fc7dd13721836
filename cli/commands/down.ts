import { objectName } from "../../application/application";
import { Deployer } from "../deploy";
import { requireEngine } from "../preflight";
import { type Report, type Step, runSteps, write } from "../progress";
import type { LocalStackId } from "../terraform";
import type { Workspace } from "../workspace";
import { synthesizeWorkspace } from "./synth";
import { TITLES } from "./up";

/** Stops and removes what runs. Every byte of data stays. */
export async function down(workspace: Workspace): Promise<void> {
  await requireEngine(workspace);
  await workspace.lock.take("down", write);
  await runSteps(downSteps(workspace), workspace);
  const kept = (await workspace.docker.volumes(workspace.deployment.name)).sort();
  write(`\n${workspace.deployment.name} is down. Its data stays in the volumes ${kept.join(", ")}.`);
  write(
    `The container ${objectName(workspace.application, "holder")} stays and keeps them in use, so that no "prune" of Docker deletes them.`,
  );
  write('"make up" carries on with the data; "make destroy-data" deletes it, and ends that container.');
}

/** The steps of {@link down}, for commands that go on from there. */
export function downSteps(workspace: Workspace): Step[] {
  const deployer = new Deployer(workspace, new Set());
  const destroy = (id: LocalStackId): Step => ({
    title: TITLES[id],
    run: (report) => deployer.destroy(id, report),
  });
  return [
    { title: "Synthesis", run: () => synthesizeWorkspace(workspace, { localOnly: true }) },
    destroy("local"),
    destroy("local-database"),
    { title: "What no state knows", run: (report) => removeRest(workspace, report) },
  ];
}

/**
 * Removes containers and networks of ours that Terraform did not: the state was lost, or a run was killed. The holder
 * stays with the volumes.
 */
async function removeRest({ docker, deployment }: Workspace, report: Report): Promise<string> {
  const order = ["web", "nginx", "database"];
  const rest = (await docker.containers(deployment.name))
    .filter(({ role }) => role !== "holder")
    .toSorted((one, other) => order.indexOf(one.role) - order.indexOf(other.role));
  for (const { id, name, role } of rest) {
    report(`removing ${role} ${name}`);
    await docker.remove(id);
  }
  const networks = await docker.networks(deployment.name);
  for (const { id } of networks) await docker.removeNetwork(id);
  return rest.length + networks.length === 0 ? "nothing" : `${rest.length + networks.length} removed`;
}
