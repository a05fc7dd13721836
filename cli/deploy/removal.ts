import { rolesThat } from "../../application/registry/queries";
import { DeploymentError } from "../../config/errors";
import type { Container } from "../docker/container";
import { machineProblems } from "../problems";
import type { Report, Step } from "../session/progress";
import { LOCAL_STACKS, type LocalStackId } from "../terraform/terraform";
import { synthesizeWorkspace } from "../workspace/synthesis";
import type { Workspace } from "../workspace/workspace";
import { LocalDeployer, TITLES } from "./local-deployer";

/** What stays with the volumes. */
export const KEEPERS = rolesThat(({ keepsVolumes }) => keepsVolumes);

/** The steps that remove what runs; every byte of data stays. */
export function removalSteps(workspace: Workspace): Step[] {
  const deployer = new LocalDeployer(workspace, new Set());
  const destroy = (id: LocalStackId): Step => ({
    title: TITLES[id],
    run: (report) => deployer.destroy(id, report),
  });
  return [
    { title: "Synthesis", run: () => synthesizeWorkspace(workspace, { localOnly: true }) },
    // Before Terraform: it can't remove a network on which a container is that its state doesn't know.
    { title: "What no state knows", run: (report) => removeUnknown(workspace, report) },
    destroy("local"),
    destroy("local-database"),
    { title: "What is left", run: (report) => removeRest(workspace, report) },
  ];
}

/** Removes containers of ours that no state knows: the state was lost, or is older than what another clone has made. */
async function removeUnknown(workspace: Workspace, report: Report): Promise<string> {
  const known = LOCAL_STACKS.flatMap((id) => {
    const stack = workspace.terraform.stack(id);
    const aside = stack.setBrokenStateAside();
    if (aside !== undefined) report(`the state of ${id} can't be read; it is kept as ${aside}`);
    return stack.state().objects.map((object) => object.id);
  });
  return countOf(await removeContainers(workspace, report, ({ id }) => !known.includes(id)));
}

/** Removes what Terraform has not removed, and volumes that hold nothing. */
async function removeRest(workspace: Workspace, report: Report): Promise<string> {
  const { application, docker, deployment } = workspace;
  const removed = await removeContainers(workspace, report, () => true);
  const networks = await docker.networks(deployment.name);
  for (const network of networks) {
    const users = await docker.usersOfNetwork(network.id);
    if (users.length > 0) throw new DeploymentError([machineProblems.networkInUse(network.name, users)]);
    await docker.removeNetwork(network.id);
  }
  const empty = application.volumes.filter(({ data }) => data === undefined).map(({ name }) => name);
  const disposable = (await docker.volumes(deployment.name)).filter((name) => empty.includes(name));
  for (const name of disposable) await docker.removeVolume(name);
  return countOf(removed + networks.length + disposable.length);
}

function countOf(removed: number): string {
  return removed === 0 ? "nothing" : `${removed} removed`;
}

async function removeContainers(
  { docker, deployment }: Workspace,
  report: Report,
  which: (container: Container) => boolean,
): Promise<number> {
  const order = removalOrder();
  const rest = (await docker.containers(deployment.name))
    .filter((container) => !KEEPERS.includes(container.role) && which(container))
    .toSorted((one, other) => order.indexOf(one.role) - order.indexOf(other.role));
  for (const { id, name, role } of rest) {
    report(`removing ${role} ${name}`);
    await docker.remove(id);
  }
  return rest.length;
}

/** Names of services in an order in which they are removed: each before those that it asks. Tasks and the processes of `deployment.ts`, which are not in it, go first. */
export function removalOrder(): readonly string[] {
  const services = LOCAL_STACKS.toReversed().map((id) =>
    rolesThat(({ kind, stack }) => kind === "backing-service" && stack === id),
  );
  return [...rolesThat(({ kind }) => kind === "process"), ...services.flat()];
}
