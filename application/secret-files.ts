import type { Role, Service } from "./service";

/** A file of the secrets volume, which the secrets task makes (assets/secrets/secrets_task.py). */
export interface SecretFile {
  readonly name: string;
  /** Services that read it. */
  readonly readers: readonly Role[];
}

/** Every file of the secrets volume. `env` is the user's own; without one it is missing there. */
export const SECRET_FILES: readonly SecretFile[] = [
  { name: "database_root_password", readers: ["database"] },
  { name: "database_password", readers: ["database", "web"] },
  { name: "django_secret_key", readers: ["web"] },
  { name: "env", readers: ["web"] },
];

/**
 * A service that keeps the secrets with which it was started: MariaDB reads them for an empty data directory only, and
 * another secret would restart it.
 */
export function keepsSecrets({ role }: Pick<Service, "role">): boolean {
  return role === "database";
}

/** The files that a service reads. */
export function secretsOf({ role }: Pick<Service, "role">): SecretFile[] {
  return SECRET_FILES.filter(({ readers }) => readers.includes(role));
}
