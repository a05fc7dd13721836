import { type Application, LABEL, objectName } from "./application";
import type { ComposeValue } from "./compose";
import { baseReference, escapeDollar, healthCheckEntry, loggingEntry, processEntry } from "./compose-values";
import { labelsOf } from "./labels";
import type { Service } from "./service";
import type { Mount } from "./volume";

/**
 * The application's services as Swarm's dialect of a Compose file: `docker stack deploy` brings a host to it. Pure. Its
 * tasks, which Swarm has no word for, are `task-arguments.ts`.
 *
 * What the dialect can't say: `security_opt` (the host's engine says it for all, assets/host/etc/daemon.json), the limit
 * of memory and swap together, `depends_on` (the release script keeps the order), and a tmpfs's mode.
 *
 * @param contextHash SHA-256 of the image's build context
 */
export function stackOf(application: Application, contextHash: string): Record<string, ComposeValue> {
  const labels = { [LABEL.name]: application.name };
  const services = application.services.filter(({ kind }) => kind === "service");
  const mounted = new Set(services.flatMap(({ mounts }) => mounts.flatMap(volumeOf)));
  return {
    services: Object.fromEntries(
      services.map((service) => [service.role, serviceEntry(application, service, contextHash)]),
    ),
    // Tasks join it, too.
    networks: { default: { name: application.network, driver: "overlay", attachable: true, labels } },
    // Made by the release script before anything mounts them: no stack may own them.
    volumes: Object.fromEntries(
      application.volumes
        .filter(({ role }) => mounted.has(role))
        .map(({ role, name }) => [role, { name, external: true }]),
    ),
  };
}

function serviceEntry(application: Application, service: Service, contextHash: string): ComposeValue {
  return {
    image: imageReference(service, contextHash),
    ...processEntry(service),
    networks: { default: { aliases: [objectName(application, service.role)] } },
    volumes: service.mounts.map(mountEntry),
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
      replicas: 1,
      endpoint_mode: "dnsrr",
      labels: labelsOf(application, service),
      resources: { limits: { memory: `${service.memory}m`, pids: service.processes } },
      restart_policy: { condition: "any", delay: "1s" },
      ...(service.singleton ? REPLACED : ROLLED),
    },
  };
}

/** One at a time: its port or its data is taken. */
const REPLACED = {
  update_config: { order: "stop-first", failure_action: "rollback" },
  rollback_config: { order: "stop-first" },
} as const;

/** The new one serves before the old one stops; one that does not come to that is taken back by the engine. */
const ROLLED = {
  update_config: { order: "start-first", failure_action: "rollback", monitor: "5s" },
  rollback_config: { order: "start-first" },
} as const;

/** Name of the image that the release script has built or found. */
export function imageReference({ image }: Pick<Service, "image">, contextHash: string): string {
  return image.kind === "base"
    ? baseReference(image)
    : `${image.build.repository}:${contextHash.slice(0, 12)}`;
}

function mountEntry(mount: Mount): ComposeValue {
  const target = escapeDollar(mount.target);
  switch (mount.type) {
    case "volume":
      return { type: "volume", source: mount.volume, target, read_only: mount.readOnly };
    case "tmpfs":
      return { type: "tmpfs", target, tmpfs: { size: mount.size * 1024 * 1024 } };
    case "bind":
      throw new Error(`${mount.source} is mounted from a laptop; no host has it`);
  }
}

function volumeOf(mount: Mount): string[] {
  return mount.type === "volume" ? [mount.volume] : [];
}
