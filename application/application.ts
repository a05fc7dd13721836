import type { SecretFile } from "./secrets";
import type { Service } from "./service";
import type { Volume } from "./volume";

/**
 * The application as plain data: what runs, in which order, on which data. Both renderings (the docker provider's
 * resources and `compose.yaml`) are made from it and add nothing of their own.
 */
export interface Application {
  /** Prefix of every object on the engine. */
  readonly name: string;
  /** The deployment's id: new volumes carry it. @default none: nobody has deployed it yet */
  readonly id?: string;
  readonly network: string;
  readonly volumes: readonly Volume[];
  /** Files of the secrets volume. */
  readonly secrets: readonly SecretFile[];
  /** In an order in which they can start. */
  readonly services: readonly Service[];
}

/** Labels by which our commands find what is theirs. */
export const LABEL = {
  name: "django-deployment.name",
  role: "django-deployment.role",
  /** Of containers of a process that `deployment.ts` names: `process`. Of every job's: `job`. */
  kind: "django-deployment.kind",
  /** Of volumes: the id of the deployment whose data they hold. */
  id: "django-deployment.id",
  /** Prefix of the labels that carry a service's revisions. */
  revision: "django-deployment.revision",
} as const;

/** @throws when the application has no such service: a mistake in this program */
export function serviceOf(application: Application, role: string): Service {
  const service = application.services.find((candidate) => candidate.role === role);
  if (!service) throw new Error(`the application has no service "${role}"`);
  return service;
}

/** Name of the engine's object for a role: `guestbook-nginx`. */
export function objectName(application: Pick<Application, "name">, role: string): string {
  return `${application.name}-${role}`;
}
