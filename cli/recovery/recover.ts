import { relative } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { DEFINITIONS } from "../../application/registry/definitions";
import { DeploymentError } from "../../config/errors";
import type { Container } from "../docker/container";
import { machineProblems } from "../problems";
import { Deadline } from "../session/deadline";
import { InterruptedError } from "../session/interrupt";
import type { Report } from "../session/progress";
import { type Attributes, withAttributes } from "../terraform/state-edit";
import { LOCAL_STACKS, type LocalStackId } from "../terraform/terraform";
import type { Workspace } from "../workspace/workspace";
import { type InspectedContainer, type InspectedImage, attributesOf } from "./adoption";
import { type Recovery, type Survey, decideRecovery } from "./recovery";

/** What a recovery has done. */
export interface Recovered {
  /** Stacks whose state knows containers that it did not make. */
  readonly adopted: ReadonlySet<LocalStackId>;
  /** How many things were in the way. */
  readonly actions: number;
}

/** Seconds for a task of an earlier run to end by itself, if its definition names no limit. */
const TASK_PATIENCE = 600;

/** Makes the states and the engine agree on what is there; `decideRecovery` says how. */
export async function recover(workspace: Workspace, report: Report): Promise<Recovered> {
  const adopted = new Set<LocalStackId>();
  for (const id of LOCAL_STACKS) {
    const aside = workspace.terraform.stack(id).setBrokenStateAside();
    if (aside !== undefined)
      report(`the state of ${id} can't be read; it is kept as ${relative(workspace.root, aside)}`);
  }
  let actions = decideRecovery(await survey(workspace));
  for (const action of actions)
    if (action.kind === "wait") await waitFor(workspace, action.container, report);
  if (actions.some(({ kind }) => kind === "wait")) actions = decideRecovery(await survey(workspace));

  for (const action of actions)
    if (action.kind === "accept") await workspace.terraform.stack(action.stack).untaint(action.address);
  for (const id of LOCAL_STACKS) {
    const adoptions = actions.filter((action) => action.kind === "adopt").filter(({ stack }) => stack === id);
    if (adoptions.length === 0) continue;
    await adopt(workspace, id, adoptions, report);
    adopted.add(id);
  }
  for (const action of actions) {
    if (action.kind !== "remove") continue;
    report(`removing ${action.container.role} ${action.container.name}: ${action.reason}`);
    await workspace.docker.remove(action.container.id);
  }
  return { adopted, actions: actions.length };
}

/** Looks at the engine and the states. */
export async function survey({ docker, terraform, deployment }: Workspace): Promise<Survey> {
  const [containers, networks] = await Promise.all([
    docker.containers(deployment.name),
    docker.networks(deployment.name),
  ]);
  const stacks = LOCAL_STACKS.map((id) => {
    const stack = terraform.stack(id);
    return { id, file: stack.file(), state: stack.state() };
  });
  return { stacks, containers, networks, serving: (await docker.handOver(containers)).serving };
}

async function adopt(
  { docker, terraform }: Workspace,
  id: LocalStackId,
  adoptions: readonly Extract<Recovery, { kind: "adopt" }>[],
  report: Report,
): Promise<void> {
  const stack = terraform.stack(id);
  const wanted = new Map(stack.file().containers.map((container) => [container.address, container]));
  const attributes = new Map<string, Attributes>();
  await stack.forget(adoptions.filter(({ stale }) => stale).map(({ address }) => address));
  for (const adoption of adoptions) {
    report(`taking over ${adoption.address.replace(/^docker_\w+\./, "")}, which the state does not know`);
    await stack.import(adoption.address, adoption.id);
    const container = wanted.get(adoption.address);
    if (!container) continue;
    const inspected = await docker.inspectRaw<InspectedContainer & { readonly Image: string }>(
      "container",
      adoption.id,
    );
    const image = await docker.inspectRaw<InspectedImage>("image", inspected.Image);
    attributes.set(adoption.address, attributesOf(inspected, image, container));
  }
  if (attributes.size > 0) await stack.edit((state) => withAttributes(state, attributes));
}

/** Seconds for a task of an earlier run to end: a migration may take hours. */
export function taskPatience(role: string): number {
  return DEFINITIONS.find(({ name }) => name === role)?.timeLimit ?? TASK_PATIENCE;
}

async function waitFor(
  { docker, interrupt }: Workspace,
  { id, role, name }: Container,
  report: Report,
): Promise<void> {
  report(`${role} of an earlier run is still at work (container ${name}); waiting`);
  const deadline = new Deadline(taskPatience(role));
  for (;;) {
    const [container] = await docker.inspect([id]);
    if (container?.status !== "running") return;
    if (interrupt.requested) throw new InterruptedError();
    if (deadline.isOver) throw new DeploymentError([machineProblems.taskStillRunning(role, name)]);
    await sleep(500);
  }
}
