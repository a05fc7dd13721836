import { type Application, LABEL, objectName } from "../application";
import type { ComposeValue } from "./compose";
import { baseReference, escapeDollar, healthCheckEntry, loggingEntry, processEntry } from "./compose-values";
import { labelsOf } from "./labels";
import { type SecretFile, secretsOf } from "../secrets";
import { type Service, isProxy, isLasting } from "../service";
import { SECRETS_VOLUME } from "../tasks/secrets";
import type { Mount } from "../volume";

/**
 * What the release script says of a release, as variables of `stack.yaml`; beside them one for each secret
 * ({@link secretVariable}) and those of the base images.
 */
export const STACK_VARIABLES = {
  /** The application's image, by its id: the engine asks no registry for it. */
  image: "RELEASE_IMAGE",
  /** Containers of each process: 0 until the database is there for the first time. */
  replicas: "WEB_REPLICAS",
} as const;

/** The variable with the hash of what a service is started with: the release program replaces one with another hash. */
export function revisionVariable(role: string): string {
  return `${variablePrefix(role)}_REVISION`;
}

function variablePrefix(role: string): string {
  return role.toUpperCase().replaceAll("-", "_");
}

/** The variable with the number of containers of a process of `deployment.ts`. @default the one that is written there */
export function replicasVariable(role: string): string {
  return `${variablePrefix(role)}_REPLICAS`;
}

/** The variable of `stack.yaml` that names a secret as this release has it. */
export function secretVariable({ name }: Pick<SecretFile, "name">): string {
  return `SECRET_${name.toUpperCase()}`;
}

export interface StackOptions {
  /** Roles of the services to bring up; the others stay as they are. @default all */
  readonly only?: readonly string[];
}

/** A secret as the stack has it: under the file's name, or under one of its own where a service keeps what it has. */
interface StackSecret {
  readonly key: string;
  readonly variable: string;
  readonly file: SecretFile;
}

function stackSecretsOf(application: Application, { keepsSecrets, role }: Service): StackSecret[] {
  return secretsOf(application, role).map((file) =>
    keepsSecrets
      ? {
          key: `${role}_kept_${file.name}`,
          variable: `${variablePrefix(role)}_KEPT_${secretVariable(file)}`,
          file,
        }
      : { key: file.name, variable: secretVariable(file), file },
  );
}

/**
 * The application's services as Swarm's dialect of a Compose file: `docker stack deploy` brings a host to it. Pure. Its
 * tasks and jobs, which are containers of their own, are `task-arguments.ts`; so is the holder: it mounts the secrets volume, which no
 * service of the Swarm does, and is there before the first of them.
 *
 * What the dialect can't say: `security_opt` (the host's engine says it for all, assets/host/etc/daemon.json), the limit
 * of memory and swap together, `depends_on` (the release script keeps the order), and a tmpfs's mode. Secrets are the
 * engine's own and not a volume's: each release keeps those that it was started with.
 */
export function stackOf(application: Application, { only }: StackOptions = {}): Record<string, ComposeValue> {
  const labels = { [LABEL.name]: application.name };
  const services = application.services
    .filter((service) => isLasting(service) && !service.keepsVolumes)
    .filter(({ role }) => only === undefined || only.includes(role));
  const mounted = new Set(services.flatMap((service) => volumeMounts(service).flatMap(volumeOf)));
  const secrets = new Map(
    services.flatMap((service) => stackSecretsOf(application, service)).map((secret) => [secret.key, secret]),
  );
  return {
    services: Object.fromEntries(
      services.map((service) => [service.role, serviceEntry(application, service)]),
    ),
    // Tasks join it, too.
    networks: { default: { name: application.network, driver: "overlay", attachable: true, labels } },
    // Made by the release script before anything mounts them: no stack may own them.
    ...(mounted.size > 0 && {
      volumes: Object.fromEntries(
        application.volumes
          .filter(({ role }) => mounted.has(role))
          .map(({ role, name }) => [role, { name, external: true }]),
      ),
    }),
    ...(secrets.size > 0 && {
      secrets: Object.fromEntries(
        [...secrets.values()].map(({ key, variable }) => [key, { name: `\${${variable}}`, external: true }]),
      ),
    }),
  };
}

function serviceEntry(application: Application, service: Service): ComposeValue {
  const secrets = stackSecretsOf(application, service);
  return {
    image:
      service.image.kind === "base"
        ? baseReference(service.image)
        : `\${${STACK_VARIABLES.image}:?is set by the release script}`,
    ...processEntry(service),
    networks: { default: { aliases: [objectName(application, service.role)] } },
    volumes: volumeMounts(service).map(mountEntry),
    ...(secrets.length > 0 && { secrets: secrets.map((secret) => secretEntry(secret, service)) }),
    ...(service.ports.length > 0 && {
      // On the machine itself: nginx sees the visitor's address, and no routing mesh is needed.
      ports: service.ports.map(({ external, internal }) => ({
        mode: "host",
        published: external,
        target: internal,
      })),
    }),
    ...(service.stopSignal && { stop_signal: service.stopSignal }),
    stop_grace_period: `${service.stopGrace}s`,
    ...healthCheckEntry(service),
    ...loggingEntry,
    labels: labelsOf(application, service),
    deploy: {
      replicas: replicasOf(service),
      endpoint_mode: "dnsrr",
      labels: {
        ...labelsOf(application, service),
        ...((service.keepsSecrets === true || isProxy(service)) && {
          [REVISION]: `\${${revisionVariable(service.role)}:-}`,
        }),
      },
      resources: { limits: { memory: `${service.memory}m`, pids: service.processes } },
      restart_policy: { condition: "any", delay: "1s" },
      ...(service.singleton ? REPLACED : rolled(service)),
    },
  };
}

function replicasOf({ configured, copies = 1, kind, role }: Service): ComposeValue {
  if (configured) return `\${${replicasVariable(role)}:-${copies}}`;
  return kind === "process" ? `\${${STACK_VARIABLES.replicas}:-1}` : 1;
}

/** Label of a service that the release program replaces by itself, with its {@link revisionVariable}. */
export const REVISION = `${LABEL.revision}.stack`;

/** One at a time: its port or its data is taken. */
const REPLACED = {
  update_config: { order: "stop-first", failure_action: "rollback" },
  rollback_config: { order: "stop-first" },
} as const;

/** The new one serves before the old one stops; one that does not come to that is taken back by the engine. */
function rolled({ copies = 1 }: Service): Record<string, ComposeValue> {
  // All at once: the memory is there, and one after the other each would take a soak.
  const parallelism: Record<string, ComposeValue> = copies > 1 ? { parallelism: 0 } : {};
  return {
    update_config: { ...parallelism, order: "start-first", failure_action: "rollback", monitor: "5s" },
    rollback_config: { ...parallelism, order: "start-first" },
  };
}

/** What a service mounts beside its secrets. */
function volumeMounts({ mounts }: Service): readonly Mount[] {
  return mounts.filter((mount) => mount.type !== "volume" || mount.volume !== SECRETS_VOLUME);
}

function secretEntry({ key, file }: StackSecret, { user }: Service): ComposeValue {
  const [uid = "", gid = ""] = user.split(":");
  return { source: key, target: file.name, uid, gid, mode: 0o400 };
}

function mountEntry(mount: Mount): ComposeValue {
  const target = escapeDollar(mount.target);
  switch (mount.type) {
    case "volume":
      return { type: "volume", source: mount.volume, target, read_only: mount.readOnly };
    case "tmpfs":
      return { type: "tmpfs", target, tmpfs: { size: mount.size * 1024 * 1024 } };
    case "bind":
      throw new Error(`${mount.source} is mounted from this computer; no host has it`);
  }
}

function volumeOf(mount: Mount): string[] {
  return mount.type === "volume" ? [mount.volume] : [];
}
