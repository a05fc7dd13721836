import type { Deployment } from "../config/deployment";
import { type Application, objectName } from "./application";
import { type Definition, traitsOf } from "./registry/definition";
import { inStartingOrder } from "./registry/order";
import { DEFINITIONS } from "./registry/definitions";
import { definitionsOf } from "./registry/queries";
import { secretFilesOf } from "./secrets";
import type { Dependency, Service } from "./service";
import { requireSound, requireWhole } from "./registry/soundness";

/**
 * The application that a deployment describes. Pure: the same deployment gives the same application.
 *
 * @param listed the definitions of the list; the deployment's processes come on top, and its profile decides which run
 * @throws when the definitions contradict each other: a mistake in this program
 */
export function applicationOf(
  deployment: Deployment,
  listed: readonly Definition[] = DEFINITIONS,
): Application {
  const all = definitionsOf(deployment, listed);
  requireSound(all);
  const { name, id, local } = deployment;
  const definitions = all.filter(({ profiles }) => profiles?.includes(local.profile) ?? true);
  // Each profile has all of them: a change of the profile loses nothing.
  const volumes = all.flatMap((definition) =>
    (definition.volumes ?? []).map((volume) => ({ ...volume, name: objectName({ name }, volume.role) })),
  );
  const services = definitions.map((definition): Service => ({
    ...definition.container(deployment, { definitions, volumes }),
    ...traitsOf(definition),
    role: definition.name,
    image: definition.image(deployment),
  }));
  const application: Application = {
    name,
    ...(id !== undefined && { id }),
    network: name,
    volumes,
    secrets: secretFilesOf(all),
    services: inStartingOrder(services.map((service) => inRelease(service, services))),
  };
  requireWhole(application);
  return application;
}

/** A process starts when the tasks before it have ended, and the traffic goes to a release whose processes stay up. */
function inRelease(service: Service, services: readonly Service[]): Service {
  if (service.kind !== "process") return service;
  const { dependsOn } = service;
  return {
    ...service,
    dependsOn: [...dependsOn, ...tasksBefore(services), ...processesBefore(service, services)],
  };
}

/** The tasks before the processes: those for which no other task waits. */
function tasksBefore(services: readonly Service[]): Dependency[] {
  const before = services.filter(({ kind, release }) => kind === "task" && release === "before");
  const last = before.filter(
    ({ role }) => !before.some(({ dependsOn }) => dependsOn.some((dependency) => dependency.role === role)),
  );
  return last.map(({ role }) => ({ role, condition: "completed" }) as const);
}

/**
 * What serves requests waits until the processes of `deployment.ts` have stayed up: a release of which one crashes gets
 * no traffic. What can't run twice is not among them: it comes last (`cli/deploy/local-deployer.ts`), for the one of the
 * release before is stopped for it. It waits for no other process: Terraform could not turn such an order round when the
 * process may run twice from now on, or when the profile changes.
 */
function processesBefore(service: Service, services: readonly Service[]): Dependency[] {
  if (!service.servesRequests || service.singleton) return [];
  return services
    .filter(({ kind, configured, singleton }) => kind === "process" && configured && !singleton)
    .map(({ role }) => ({ role, condition: "healthy" }));
}
