import type { ReleasePosition } from "../service";

/** A task, as far as its place in a release goes. */
export interface PlacedTask {
  readonly name: string;
  readonly release?: ReleasePosition;
}

/**
 * The steps of a host's release, in their order: those of the release program
 * (assets/deploy/host/release_program/steps/plan.py says what each does), and every task at its position. This is the one
 * list of them: the release program gets it with its settings.
 *
 * @param tasks in an order in which they can run
 */
export function releaseSteps(tasks: readonly PlacedTask[]): string[] {
  const at = (position: ReleasePosition): string[] =>
    tasks.filter(({ release }) => release === position).map(({ name }) => name);
  return [
    ...["identity", "space", "images", ...at("first"), "services", "passwords"],
    ...[...at("before"), "roll", ...at("after"), "pages", "jobs", "prune"],
  ];
}
