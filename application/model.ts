import type { Deployment } from "../config/deployment";
import { type Application, objectName } from "./application";
import { type Definition, traitsOf } from "./registry/definition";
import { inStartingOrder } from "./registry/order";
import { DEFINITIONS } from "./registry/definitions";
import { secretFilesOf } from "./secrets";
import type { Service } from "./service";
import { requireSound, requireWhole } from "./registry/soundness";

/**
 * The application that a deployment describes. Pure: the same deployment gives the same application.
 *
 * @param all every definition; the deployment's profile decides which of them run
 * @throws when the definitions contradict each other: a mistake in this program
 */
export function applicationOf(deployment: Deployment, all: readonly Definition[] = DEFINITIONS): Application {
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
    services: inStartingOrder(services.map((service) => afterTasks(service, services))),
  };
  requireWhole(application);
  return application;
}

/** A process starts when the tasks before it have ended: it waits for those for which no other task waits. */
function afterTasks(service: Service, services: readonly Service[]): Service {
  if (service.kind !== "process") return service;
  const before = services.filter(({ release }) => release === "before");
  const last = before.filter(
    ({ role }) => !before.some(({ dependsOn }) => dependsOn.some((dependency) => dependency.role === role)),
  );
  const tasks = last.map(({ role }) => ({ role, condition: "completed" }) as const);
  return { ...service, dependsOn: [...service.dependsOn, ...tasks] };
}
