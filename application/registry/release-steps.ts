import { type Kind, type ReleasePosition, isProxy } from "../service";

/** A container, as far as its place in a release goes. */
export interface Placed {
  readonly kind: Kind;
  readonly release?: ReleasePosition;
  readonly servesRequests?: boolean;
}

/**
 * The steps of a host's release, in their order: those of the release program
 * (assets/deploy/host/release_program/steps/plan.py says what each does), and every task at its position. This is the one
 * list of them: the release program gets it with its settings.
 *
 * @param placed in an order in which they can start
 */
export function releaseSteps(placed: readonly (Placed & { readonly name: string })[]): string[] {
  const at = (position: ReleasePosition): string[] =>
    placed.filter(({ kind, release }) => kind === "task" && release === position).map(({ name }) => name);
  return [
    ...["identity", "space", "images", ...at("first"), "services", "passwords"],
    ...[...at("before"), "roll", "proxy", ...at("after"), "pages", "jobs", "prune"],
  ];
}

/** Name of the step in which a host's release makes a service that is new, or that is to be another. */
export function stepOf(placed: Placed): "services" | "roll" | "proxy" {
  const { kind, release = "before" } = placed;
  if (isProxy(placed)) return "proxy";
  // What comes not before the processes serve is exchanged together with them.
  return kind === "backing-service" && release === "before" ? "services" : "roll";
}
