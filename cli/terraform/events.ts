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
  /** The place in the code; the only hint at the resource when one of its conditions failed. */
  readonly snippet?: { readonly context?: string | null };
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
  const kind = type.replace(/^(docker|aws)_/, "");
  return kind === "container" ? name.replaceAll("_", "-") : `${kind} ${name.replaceAll("_", "-")}`;
}

/** Address of the resource that a diagnostic is about; undefined when it is about none. */
export function addressOf({ address, snippet }: Diagnostic): string | undefined {
  return address ?? /^resource\.(\w+\.\w+)/.exec(snippet?.context ?? "")?.[1];
}

const DOING: Readonly<Record<string, readonly [doing: string, done: string]>> = {
  create: ["starting", "ready"],
  update: ["changing", "changed"],
  delete: ["stopping", "gone"],
};

/** A task does not become ready: it ends, and whether it did well is seen afterwards. */
const RUNNING = ["running", "ended"] as const;

/**
 * What an event tells a reader who waits; undefined when it tells nothing new.
 *
 * @param tasks short names of the containers that run once
 */
export function describeEvent(
  { type, hook }: TerraformEvent,
  tasks: readonly string[] = [],
): string | undefined {
  if (!hook) return undefined;
  const name = shortName(hook.resource);
  const words = hook.action === "create" && tasks.includes(name) ? RUNNING : DOING[hook.action];
  // Images of earlier releases are only forgotten.
  if (!words || (hook.resource.resource_type === "docker_image" && hook.action === "delete"))
    return undefined;
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
