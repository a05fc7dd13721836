import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { type Properties, environmentOf, labelsOf } from "./assertions";
import { type ComposeJson, STACKS, type Synthesis } from "./synthesis";

/**
 * What one rendering says of a service, in words that belong to neither. Sizes in bytes, times in seconds, files
 * by the hash of their bytes.
 */
export interface Rendered {
  readonly containerName: string;
  /** Containers that run side by side. */
  readonly copies: unknown;
  readonly image: unknown;
  readonly entrypoint: unknown;
  readonly command: unknown;
  readonly environment: Readonly<Record<string, string>>;
  readonly user: unknown;
  readonly readOnly: unknown;
  readonly capabilities: { readonly drop: unknown; readonly add: unknown };
  readonly securityOptions: unknown;
  readonly memory: number;
  readonly memoryAndSwap: number;
  readonly processes: unknown;
  readonly network: unknown;
  readonly processesOf: string | undefined;
  readonly mounts: readonly string[];
  readonly files: readonly string[];
  readonly ports: readonly string[];
  readonly restart: unknown;
  readonly stopGrace: number;
  readonly health: unknown;
  readonly logging: unknown;
  readonly labels: Readonly<Record<string, string>>;
  readonly dependsOn: Readonly<Record<string, string>>;
}

const MIB = 1024 * 1024;

/** Seconds of a duration as Go or Compose writes it: `1m30s`, `90s`. */
function seconds(duration: unknown): number {
  const units: Readonly<Record<string, number>> = { h: 3600, m: 60, s: 1 };
  const parts = [...String(duration).matchAll(/(\d+)([hms])/g)];
  return parts.reduce((sum, [, figure, unit = ""]) => sum + Number(figure) * (units[unit] ?? NaN), 0);
}

function hashOf(path: string): string {
  return createHash("sha256").update(readFileSync(path)).digest("hex");
}

/** The services as Terraform has them. */
export function renderedByTerraform(synthesis: Synthesis): Map<string, Rendered> {
  const stacks = STACKS.map((name) => synthesis.stack(name));
  const containers = new Map(
    stacks.flatMap((stack, index) =>
      Object.entries(stack.resource?.["docker_container"] ?? {}).map(
        ([id, container]) => [id, { container, index }] as const,
      ),
    ),
  );
  const images = Object.assign(
    {},
    ...stacks.map((stack) => stack.resource?.["docker_image"] ?? {}),
  ) as Record<string, Properties>;
  const variables = Object.assign({}, ...stacks.map((stack) => stack.variable ?? {})) as Record<
    string,
    Properties
  >;

  // What the container itself makes sure of, before anything that depends on it starts.
  const conditionOf = (container: Properties): string =>
    container["attach"] === true ? "completed" : container["wait"] === true ? "healthy" : "started";
  const text = (value: unknown): unknown =>
    JSON.parse(JSON.stringify(value ?? null).replace(/([$%])\1\{/g, "$1{")) as unknown;
  const variable = (value: unknown): unknown => {
    const name = /^\$\{var\.(.*)\}$/.exec(String(value))?.[1];
    return name === undefined ? text(value) : variables[name]?.["default"];
  };

  const normalise = ({ container, index }: { container: Properties; index: number }): Rendered => {
    const image = images[/docker_image\.(.*)\.image_id/.exec(String(container["image"]))?.[1] ?? ""] ?? {};
    const build = image["build"] as { context: string; build_args: Record<string, string> } | undefined;
    const health = container["healthcheck"] as Properties | undefined;
    const joins = /docker_container\.(.*)\.id/.exec((container["pid_mode"] as string | undefined) ?? "")?.[1];
    const roleOf = (id: string): string =>
      labelsOf(containers.get(id)?.container ?? {})["django-deployment.role"] ?? "";
    const here = ((container["depends_on"] ?? []) as string[]).flatMap(
      (address) => /^docker_container\.(.*)$/.exec(address)?.[1] ?? [],
    );
    // Stacks are deployed one after the other, so that everything of an earlier one is there.
    const earlier = [...containers].filter(([, other]) => other.index < index).map(([id]) => id);
    const mounts = container["mounts"] as (Properties & {
      tmpfs_options?: { size_bytes: number; mode: number };
    })[];
    return {
      // Nobody looks for a container by its name where there is no network.
      copies: container["count"] ?? 1,
      containerName: container["network_mode"] === "none" ? "" : String(container["name"]),
      image: {
        name: variable(image["name"]),
        ...(build && {
          build: build.context,
          args: Object.fromEntries(
            Object.entries(build.build_args).map(([name, value]) => [name, variable(value)]),
          ),
        }),
      },
      entrypoint: text(container["entrypoint"]),
      command: text(container["command"]),
      environment: text(environmentOf(container)) as Record<string, string>,
      user: container["user"],
      readOnly: container["read_only"],
      capabilities: {
        drop: (container["capabilities"] as Properties)["drop"],
        add: ((container["capabilities"] as Properties)["add"] as string[]).map((capability) =>
          capability.replace(/^CAP_/, ""),
        ),
      },
      securityOptions: container["security_opts"],
      memory: Number(container["memory"]) * MIB,
      memoryAndSwap: Number(container["memory_swap"]) * MIB,
      processes: container["pids_limit"],
      network: container["network_mode"],
      processesOf: joins === undefined ? undefined : roleOf(joins),
      mounts: mounts.map((mount) =>
        mount["type"] === "tmpfs"
          ? `tmpfs ${String(mount["target"])} ${mount.tmpfs_options?.size_bytes ?? 0} ${mount.tmpfs_options?.mode.toString(8) ?? ""}`
          : `${String(mount["type"])} ${pathOf(String(mount["source"]), synthesis)} ${String(mount["target"])} ${String(mount["read_only"])}`,
      ),
      files: (container["upload"] as Properties[]).map(
        (file) => `${String(file["file"])} ${String(file["source_hash"])}`,
      ),
      ports: (container["ports"] as Properties[]).map(
        ({ ip, external, internal }) => `${String(ip)}:${String(external)}:${String(internal)}`,
      ),
      restart: container["restart"],
      stopGrace: Number(container["stop_timeout"]),
      health: health && {
        command: text((health["test"] as string[]).slice(1)),
        times: ["interval", "timeout", "start_period"].map((name) => seconds(health[name])),
        retries: health["retries"],
      },
      logging: { driver: container["log_driver"], options: container["log_opts"] },
      labels: labelsOf(container),
      dependsOn: Object.fromEntries(
        [...here, ...earlier].map((id) => [roleOf(id), conditionOf(containers.get(id)?.container ?? {})]),
      ),
    };
  };
  return new Map(
    [...containers.values()].map((entry) => [
      labelsOf(entry.container)["django-deployment.role"] ?? "",
      normalise(entry),
    ]),
  );
}

/** The services as Compose has them. */
export function renderedByCompose(synthesis: Synthesis): Map<string, Rendered> {
  const compose = synthesis.compose();
  return new Map(Object.keys(compose.services).map((role) => [role, ofCompose(synthesis, compose, role)]));
}

function ofCompose({ folder }: Synthesis, compose: ComposeJson, role: string): Rendered {
  const service = compose.services[role] ?? {};
  const get = <T>(name: string, otherwise: T): T => (service[name] ?? otherwise) as T;
  const build = get<{ context: string; args: Record<string, string> } | undefined>("build", undefined);
  const health = get<Properties | undefined>("healthcheck", undefined);
  const { default: network } = get<{ default?: { aliases?: string[] } }>("networks", {});
  const text = (value: unknown): unknown =>
    JSON.parse(JSON.stringify(value ?? null).replaceAll("$$", "$")) as unknown;
  const official = (value: string): string => /^\$\{[A-Z]+_IMAGE:-(.*)\}$/.exec(value)?.[1] ?? value;
  const files = [
    ...get<{ source: string; target: string }[]>("configs", []).map((file) => ({
      ...file,
      ...compose.configs?.[file.source],
    })),
    ...get<{ source: string; target: string }[]>("secrets", []).map((file) => ({
      ...file,
      ...compose.secrets?.[file.source],
    })),
  ];
  const conditions: Readonly<Record<string, string>> = {
    service_started: "started",
    service_healthy: "healthy",
    service_completed_successfully: "completed",
  };
  return {
    // Compose's containers have names of its own; the name under Terraform leads to them on their network.
    containerName: network?.aliases?.[0] ?? "",
    copies: get("scale", 1),
    image: {
      name: official(get("image", "")).replace(/-compose(?=:[0-9a-f]{12}$)/, ""),
      ...(build && {
        build: "../../application/context",
        args: Object.fromEntries(Object.entries(build.args).map(([name, value]) => [name, official(value)])),
      }),
    },
    entrypoint: text(service["entrypoint"]),
    command: text(service["command"]),
    environment: text(service["environment"]) as Record<string, string>,
    user: service["user"],
    readOnly: service["read_only"],
    capabilities: { drop: service["cap_drop"], add: get("cap_add", []) },
    securityOptions: service["security_opt"],
    memory: parseInt(get("mem_limit", ""), 10) * MIB,
    memoryAndSwap: parseInt(get("memswap_limit", ""), 10) * MIB,
    processes: service["pids_limit"],
    network: network ? compose.name : get("network_mode", ""),
    processesOf: /^service:(.*)$/.exec(get("pid", ""))?.[1],
    mounts: get<(Properties & { tmpfs?: { size: number; mode: number } })[]>("volumes", []).map((mount) => {
      if (mount.tmpfs)
        return `tmpfs ${String(mount["target"])} ${mount.tmpfs.size} ${mount.tmpfs.mode.toString(8)}`;
      const source = String(mount["source"]);
      const from =
        mount["type"] === "volume" && compose.volumes[source]
          ? `${compose.name}-${source}`
          : resolve(folder, "application", source);
      return `${String(mount["type"])} ${from} ${String(mount["target"])} ${String(mount["read_only"])}`;
    }),
    files: files.map(({ target, file = "" }) => `${target} ${hashOf(resolve(folder, "application", file))}`),
    ports: get<Properties[]>("ports", []).map(
      ({ host_ip, published, target }) => `${String(host_ip)}:${String(published)}:${String(target)}`,
    ),
    restart: service["restart"],
    stopGrace: seconds(service["stop_grace_period"]),
    health: health && {
      command: text((health["test"] as string[]).slice(1)),
      times: ["interval", "timeout", "start_period"].map((name) => seconds(health[name])),
      retries: health["retries"],
    },
    logging: service["logging"],
    // Without the deployment's name: our commands must not take Compose's containers for ours.
    labels: { "django-deployment.name": compose.name, ...(service["labels"] as Record<string, string>) },
    dependsOn: Object.fromEntries(
      Object.entries(get<Record<string, { condition: string }>>("depends_on", {})).map(
        ([other, { condition }]) => [other, conditions[condition] ?? condition],
      ),
    ),
  };
}

/** A mount's source: a volume's name, or an absolute folder. */
function pathOf(source: string, { folder }: Synthesis): string {
  const path = /^\$\{abspath\("(.*)"\)\}$/.exec(source)?.[1];
  return path === undefined ? source : resolve(join(folder, "stacks", "stack"), path);
}
