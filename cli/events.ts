/** A resource as Terraform's events name it. */
export interface EventResource {
  readonly addr: string;
  readonly resource_type: string;
  readonly resource_name: string;
}

/** What Terraform says about something wrong. */
export interface Diagnostic {
  readonly severity: "error" | "warning";
  readonly summary: string;
  readonly detail: string;
  readonly address?: string;
}

/** One line of Terraform's `-json` output, the part of it that is read here. */
export interface TerraformEvent {
  readonly type: string;
  readonly "@message": string;
  readonly hook?: {
    readonly resource: EventResource;
    readonly action: "create" | "update" | "delete" | "replace" | "noop" | "read";
    readonly id_value?: string;
    readonly elapsed_seconds?: number;
  };
  readonly diagnostic?: Diagnostic;
}

/** Reads one line; undefined when it isn't an event (a panic of a provider, a notice of a wrapper). */
export function parseEvent(line: string): TerraformEvent | undefined {
  if (!line.startsWith("{")) return undefined;
  try {
    const event = JSON.parse(line) as Partial<TerraformEvent> | null;
    return typeof event?.type === "string" && typeof event["@message"] === "string"
      ? (event as TerraformEvent)
      : undefined;
  } catch {
    return undefined;
  }
}

/** The resource's address without what every reader of a list of containers knows: `container.web` → `web`. */
export function shortName({ resource_type: type, resource_name: name }: EventResource): string {
  const kind = type.replace(/^docker_/, "");
  return kind === "container" ? name.replaceAll("_", "-") : `${kind} ${name.replaceAll("_", "-")}`;
}

const DOING: Readonly<Record<string, readonly [doing: string, done: string]>> = {
  create: ["starting", "ready"],
  update: ["changing", "changed"],
  delete: ["stopping", "gone"],
  replace: ["replacing", "replaced"],
};

/** What an event tells a reader who waits; undefined when it tells nothing new. */
export function describeEvent({ type, hook }: TerraformEvent): string | undefined {
  const words = hook && DOING[hook.action];
  // Images of earlier releases are only forgotten.
  if (!words || (hook.resource.resource_type === "docker_image" && hook.action === "delete"))
    return undefined;
  const name = shortName(hook.resource);
  const seconds = hook.elapsed_seconds ?? 0;
  switch (type) {
    case "apply_start":
      return `${name}: ${words[0]}`;
    case "apply_progress":
      return `${name}: ${words[0]}, ${seconds} s`;
    case "apply_complete":
      return `${name}: ${words[1]}${seconds > 0 ? ` after ${seconds} s` : ""}`;
    case "apply_errored":
      return `${name}: failed after ${seconds} s`;
    default:
      return undefined;
  }
}
