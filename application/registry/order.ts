import { LOCAL_STACKS, type Service } from "../service";

/**
 * Services in an order in which they can start: stack after stack, and each after those that it waits for. Services that
 * don't wait for each other stay in the order of the list.
 *
 * @throws when a service waits for one that there isn't, for one of a later stack, or for itself: a mistake in this program
 */
export function inStartingOrder(services: readonly Service[]): Service[] {
  const byRole = new Map(services.map((service) => [service.role, service]));
  for (const service of services)
    for (const role of waitsFor(service)) requireEarlierStack(service, role, byRole.get(role));
  return LOCAL_STACKS.flatMap((stack) => ordered(services.filter((service) => service.stack === stack)));
}

/** Names of the services that a service waits for. */
function waitsFor({ dependsOn, processesOf }: Service): string[] {
  return [...dependsOn.map(({ role }) => role), ...(processesOf === undefined ? [] : [processesOf])];
}

function requireEarlierStack({ role, stack }: Service, needed: string, other: Service | undefined): void {
  if (!other) throw new Error(`"${role}" waits for "${needed}", and the application has no such service`);
  if (LOCAL_STACKS.indexOf(other.stack) > LOCAL_STACKS.indexOf(stack))
    throw new Error(
      `"${role}" of the stack ${stack} waits for "${needed}", which is made later, with the stack ${other.stack}`,
    );
}

/** Services of one stack; what others hold is there already. */
function ordered(services: readonly Service[]): Service[] {
  const placed: Service[] = [];
  while (placed.length < services.length) {
    const left = services.filter((service) => !placed.includes(service));
    const isOpen = (role: string): boolean => left.some((service) => service.role === role);
    const next = left.find((service) => !waitsFor(service).some(isOpen));
    if (!next) throw new Error(`these services wait for each other: ${cycleIn(left).join(" → ")}`);
    placed.push(next);
  }
  return placed;
}

/** Names of services, each of which waits for the next one; the last is the first again. */
function cycleIn(services: readonly Service[]): string[] {
  const path: string[] = [];
  for (let role = services[0]?.role; role !== undefined;) {
    const known = path.indexOf(role);
    if (known >= 0) return [...path.slice(known), role];
    path.push(role);
    const service = services.find((candidate) => candidate.role === role);
    role = service && waitsFor(service).find((other) => services.some((one) => one.role === other));
  }
  return path;
}
