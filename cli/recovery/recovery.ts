import { DEFINITIONS } from "../../application/registry/definitions";
import { rolesThat } from "../../application/registry/queries";
import { type Container, isConfigured, isJob, isProcess } from "../docker/container";
import type { StackContainer, StackFile } from "../terraform/stack-file";
import { type State, type StateObject, resourceOf } from "../terraform/state";
import type { LocalStackId } from "../terraform/terraform";

/** What is on the engine, what the states know of it, and what the stacks ask for. */
export interface Survey {
  readonly stacks: readonly SurveyedStack[];
  readonly containers: readonly Container[];
  /** Networks of the deployment. */
  readonly networks: readonly { readonly id: string; readonly name: string }[];
  /** Host name of the container to which the traffic goes, when that can be known. */
  readonly serving?: string;
}

/** One stack in a {@link Survey}. */
export interface SurveyedStack {
  readonly id: LocalStackId;
  readonly file: StackFile;
  readonly state: State;
}

/** Something to do before the next plan. */
export type Recovery =
  /** Let a task end that runs, and look again; two migrations at once would be worse than any wait. */
  | { readonly kind: "wait"; readonly container: Container }
  /** Have the state know an object that is there. `stale`: addresses that it must forget for that. */
  | {
      readonly kind: "adopt";
      readonly stack: LocalStackId;
      readonly address: string;
      readonly id: string;
      readonly stale: boolean;
    }
  /** Stop and remove a container that would be in the way. */
  | { readonly kind: "remove"; readonly container: Container; readonly reason: string }
  /** An apply waited in vain for it, but it has come up since: keep it. */
  | { readonly kind: "accept"; readonly stack: LocalStackId; readonly address: string };

/**
 * Decides what must be done so that the next plan starts from what is really there. Pure.
 *
 * States get lost, a second clone has none, and a run that was killed leaves containers that no state knows. Those
 * would take names that the apply needs, or, worse, take the traffic.
 */
export function decideRecovery(survey: Survey): Recovery[] {
  const { containers, stacks } = survey;
  const wanted = stacks.flatMap(({ file }) => file.containers);
  const tasks = rolesThat(({ kind }) => kind === "task");
  const isTask = ({ role }: Container): boolean => tasks.includes(role);
  // A container of a version of this program that knows more is left alone.
  const knownRoles = [...DEFINITIONS.map(({ name }) => name), ...wanted.map(({ role }) => role)];
  const isKnownRole = (container: Container): boolean =>
    knownRoles.includes(container.role) || isConfigured(container);
  const isFailed = (container: Container): boolean =>
    isProcess(container) && isFailedRelease(container, survey);

  const adoptions: Adoption[] = [];
  for (const stack of stacks) {
    adoptions.push(...adoptNetworks(stack, survey));
    for (const wanted of stack.file.containers.filter(({ task }) => !task))
      adoptions.push(...adoptContainer(stack, wanted, survey, adoptions));
  }
  const adopted = new Set(adoptions.map(({ id }) => id));
  const forgotten = new Set(adoptions.filter(({ stale }) => stale).map(({ address }) => address));
  const known = new Set(
    stacks.flatMap(({ state }) =>
      state.objects.filter(({ address }) => !forgotten.has(address)).map(({ id }) => id),
    ),
  );

  const running = containers.filter((container) => isTask(container) && container.status === "running");
  // How they end decides what comes next.
  if (running.length > 0) return running.map((container) => ({ kind: "wait", container }));

  const removals = containers
    .filter((container) => !adopted.has(container.id) && isKnownRole(container) && !isJob(container))
    .flatMap((container): Recovery[] => {
      if (!known.has(container.id)) return [{ kind: "remove", container, reason: "no state knows it" }];
      // Terraform would find its exit status again, and not run it again.
      const failed = isTask(container) && container.status === "exited" && container.exitCode !== 0;
      return failed || isFailed(container) ? [{ kind: "remove", container, reason: "it failed" }] : [];
    });
  return [...acceptances(survey), ...adoptions, ...removals];
}

type Adoption = Extract<Recovery, { kind: "adopt" }>;

function adoptNetworks({ id: stack, file, state }: SurveyedStack, { networks }: Survey): Adoption[] {
  return file.networks.flatMap(({ address, name }) => {
    const known = state.objects.filter((object) => object.address === address);
    const there = networks.filter((network) => network.name === name);
    const [candidate] = there;
    if (!candidate || known.some(({ id }) => there.some((network) => network.id === id))) return [];
    return [{ kind: "adopt", stack, address, id: candidate.id, stale: known.length > 0 }];
  });
}

function adoptContainer(
  { id: stack, state }: SurveyedStack,
  { address, role }: StackContainer,
  survey: Survey,
  before: readonly Adoption[],
): Adoption[] {
  // A service may have several containers, each with an address: what one of them has, another can't take over.
  const siblings = state.objects.filter((object) => resourceOf(object.address) === resourceOf(address));
  const known = siblings.filter((object) => object.address === address);
  const isTaken = ({ id }: Container): boolean => before.some((adoption) => adoption.id === id);
  const ours = survey.containers.filter((container) => container.role === role);
  const serves = ({ hostname }: Container): boolean => hostname === survey.serving;
  // Deposed ones count: they serve until a release has replaced them.
  const works = ours.some((container) => isKnown(container, known) && isUp(container));
  const candidates = ours.filter(
    (container) => !isKnown(container, siblings) && !isTaken(container) && isUp(container),
  );
  const candidate =
    candidates.find(serves) ?? candidates.find(({ health }) => health === "healthy") ?? candidates[0];
  if (works || !candidate) return [];
  return [{ kind: "adopt", stack, address, id: candidate.id, stale: known.length > 0 }];
}

function isKnown({ id }: Container, known: readonly StateObject[]): boolean {
  return known.some((object) => object.id === id);
}

/** A process's container that its release waited for in vain, and that doesn't serve. */
function isFailedRelease({ id, health, hostname }: Container, { stacks, serving }: Survey): boolean {
  const tainted = stacks.some(({ state }) =>
    state.objects.some((object) => object.id === id && object.tainted),
  );
  return tainted && health !== "healthy" && hostname !== serving;
}

/** It runs, and isn't known to be broken. */
function isUp({ status, health }: Container): boolean {
  return status === "running" && health !== "unhealthy";
}

/** An apply waits for these until they are healthy; one that needs long is there after the apply has given up. */
function acceptances({ stacks, containers }: Survey): Recovery[] {
  const patient = rolesThat(({ judge }) => judge === "healthy");
  const isAccepted = ({ role, status, health }: Container): boolean =>
    patient.includes(role) && status === "running" && health === "healthy";
  return stacks.flatMap(({ id: stack, state }) =>
    state.objects
      .filter(({ tainted, deposed }) => tainted && !deposed)
      .filter(({ id }) => containers.some((container) => container.id === id && isAccepted(container)))
      .map(({ address }): Recovery => ({ kind: "accept", stack, address })),
  );
}
