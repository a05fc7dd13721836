import type { Application } from "../application";
import type { Definition } from "./definition";
import { type Dependency, type Service, isLasting } from "../service";

/** What a name may consist of: Docker, Terraform, Compose and shells take all of these letters. */
const NAME = /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/;

/** @throws when a name has other letters, or two definitions have the same name or own the same volume or secret */
export function requireSound(definitions: readonly Definition[]): void {
  const names = definitions.flatMap(({ name, volumes = [] }) => [name, ...volumes.map(({ role }) => role)]);
  const odd = names.find((name) => !NAME.test(name));
  if (odd !== undefined)
    throw new Error(`the name "${odd}" has other characters than lower-case letters, digits and -`);
  requireUnique(
    "name",
    definitions.map(({ name }) => name),
  );
  requireUnique(
    "volume",
    definitions.flatMap(({ volumes = [] }) => volumes.map(({ role }) => role)),
  );
  requireUnique(
    "secret",
    definitions.flatMap(({ secrets = [] }) => secrets.map(({ name }) => name)),
  );
}

function requireUnique(what: string, names: readonly string[]): void {
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) throw new Error(`two definitions have the ${what} "${twice}"`);
}

/**
 * @throws when a service mounts a volume that there isn't or that is not prepared yet, or waits for what never happens, when
 * what can't run twice would have to, or when what lasts has files laid into it
 */
export function requireWhole({ services, volumes }: Application): void {
  const known = volumes.map(({ role }) => role);
  for (const service of services) {
    const { role, mounts, dependsOn, singleton } = service;
    if (isLasting(service) && service.files.length > 0)
      throw new Error(`"${role}" has files laid into it: the Swarm of a host lays none into what lasts`);
    if (isLasting(service) && !singleton) requireOverlap(service, services);
    requirePrepared(service, services);
    for (const mount of mounts)
      if (mount.type === "volume" && !known.includes(mount.volume))
        throw new Error(`"${role}" mounts the volume "${mount.volume}", which no definition owns`);
    for (const dependency of dependsOn) {
      const other = services.find((service) => service.role === dependency.role);
      if (other && !canFulfil(other, dependency))
        throw new Error(
          `"${role}" waits until "${other.role}" is ${dependency.condition}, which never happens: ${other.role} ${reasonOf(other, dependency)}`,
        );
    }
  }
}

/** A task before all else gives volumes to the users that write to them: who does so earlier is refused by the engine. */
function requirePrepared(service: Service, services: readonly Service[]): void {
  const before = new Set([service.role]);
  for (const role of before)
    for (const { role: other } of services.find((one) => one.role === role)?.dependsOn ?? [])
      before.add(other);
  for (const { role, mounts } of services.filter(({ release }) => release === "first")) {
    const volume = written(service.mounts).find((one) => written(mounts).includes(one));
    if (volume !== undefined && !before.has(role))
      throw new Error(
        `"${service.role}" writes to the volume "${volume}", which the task "${role}" prepares: it must wait until "${role}" is completed`,
      );
  }
}

/** Roles of the volumes that are mounted to be written to. */
function written(mounts: Service["mounts"]): string[] {
  return mounts.flatMap((mount) => (mount.type === "volume" && !mount.readOnly ? [mount.volume] : []));
}

/**
 * Terraform makes the successor of a service that overlaps before it destroys the service, and does so with everything
 * in the same stack that the service waits for.
 */
function requireOverlap(service: Service, services: readonly Service[]): void {
  const seen = new Set([service.role]);
  for (const role of seen) {
    const before = services.find((one) => one.role === role)?.dependsOn ?? [];
    for (const other of services) {
      if (other.stack !== service.stack || !before.some((dependency) => dependency.role === other.role))
        continue;
      if (other.singleton)
        throw new Error(
          `"${service.role}" runs beside its successor and waits for "${other.role}", which can't: put "${other.role}" into a stack before ${service.stack}`,
        );
      seen.add(other.role);
    }
  }
}

function canFulfil(service: Service, { condition }: Dependency): boolean {
  const { kind, healthCheck, startTimeout } = service;
  if (condition === "completed") return kind === "task";
  if (condition === "healthy") return healthCheck !== undefined && startTimeout !== undefined;
  return isLasting(service);
}

function reasonOf({ kind }: Service, { condition }: Dependency): string {
  if (condition === "completed") return "is no task";
  if (condition === "healthy") return "has no health check, or no time in which it must pass";
  return `is a ${kind}`;
}
