import { rolesThat } from "../../application/registry/queries";
import { Deployer } from "../deploy";
import type { Container } from "../container";
import { requireOwnData } from "../data/claim";
import { DeploymentError } from "../../config/errors";
import { requireEngine } from "../preflight";
import { machineProblems } from "../problems";
import { type Report, type Step, runSteps, write } from "../progress";
import { LOCAL_STACKS, type LocalStackId } from "../terraform";
import type { Workspace } from "../workspace";
import { synthesizeWorkspace } from "./synth";
import { TITLES } from "./up";

/** What stays with the volumes. */
const KEEPERS = rolesThat(({ keepsVolumes }) => keepsVolumes);

/** Stops and removes what runs. Every byte of data stays. */
export async function down(workspace: Workspace): Promise<void> {
  await requireEngine(workspace);
  await requireOwnData(workspace);
  await workspace.lock.take("down", write);
  await runSteps(downSteps(workspace), workspace);
  const data = workspace.application.volumes.filter((volume) => volume.data !== undefined);
  const kept = (await workspace.docker.inspectVolumes(data.map(({ name }) => name))).map(({ name }) => name);
  if (kept.length === 0) {
    write(`\n${workspace.deployment.name} is down, and has no data on this engine.`);
    return;
  }
  write(`\n${workspace.deployment.name} is down. Its data stays in the volumes ${kept.sort().join(", ")}.`);
  const containers = await workspace.docker.containers(workspace.deployment.name);
  const holder = containers.find(({ role, status }) => KEEPERS.includes(role) && status === "running");
  if (holder) {
    write(
      `The container ${holder.name} stays and keeps them in use, so that no "prune" of Docker deletes them.`,
    );
  }
  write('"make up" carries on with the data; "make destroy-data" deletes it.');
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

/** Names of services in an order in which they are removed: each before those that it asks. Tasks, which are not in it, go first. */
export function removalOrder(): readonly string[] {
  const services = LOCAL_STACKS.toReversed().map((id) =>
    rolesThat(({ kind, stack }) => kind === "backing-service" && stack === id),
  );
  return [...rolesThat(({ kind }) => kind === "process"), ...services.flat()];
}
