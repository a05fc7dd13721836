import { type Edge, type Resource, edgesOf } from "./stack-graph";

/** A flowchart as Markdown; GitHub draws it. */
export function flowchart(direction: "LR" | "TB", lines: readonly string[]): string {
  return ["```mermaid", `flowchart ${direction}`, ...lines.map((line) => `  ${line}`), "```\n"].join("\n");
}

/** Stacks with their resources, and what is there before what. */
export function orderLines(resources: readonly Resource[], stackOrder: readonly Edge[]): string[] {
  const stacks = [...new Set(resources.map(({ stack }) => stack))];
  return [
    ...stacks.flatMap((stack) => [
      `subgraph ${stack}`,
      ...resources.filter((resource) => resource.stack === stack).map((resource) => `  ${node(resource)}`),
      "end",
    ]),
    ...stackOrder.map(({ before, after }) => `${before} ==> ${after}`),
    ...edgesOf(resources).map(({ before, after }) => `${idOf(before)} --> ${idOf(after)}`),
  ];
}

/** Containers and the volumes that they mount. */
export function mountLines(resources: readonly Resource[]): string[] {
  const volumes = new Map(
    resources
      .filter(({ type }) => type === "docker_volume")
      .map((volume) => [volume.properties["name"], volume] as const),
  );
  const containers = resources.filter(({ type }) => type === "docker_container");
  const mounts = containers.flatMap((container) =>
    mountsOf(container).flatMap(({ source, read_only: readOnly }) => {
      const volume = volumes.get(source);
      return volume ? [{ container, volume, readOnly }] : [];
    }),
  );
  const mounted = new Set(mounts.flatMap(({ container, volume }) => [container, volume]));
  return [
    ...[...mounted].map(node),
    ...mounts.map(
      ({ container, volume, readOnly }) =>
        `${idOf(container.address)} ${readOnly === true ? "-.-" : "---"} ${idOf(volume.address)}`,
    ),
  ];
}

interface Mount {
  readonly source?: string;
  readonly read_only?: boolean;
}

function mountsOf({ properties }: Resource): readonly Mount[] {
  return (properties["mounts"] ?? []) as readonly Mount[];
}

/** A resource in the shape of its kind. */
function node({ address, type, id, properties }: Resource): string {
  const name = id.replaceAll("_", "-");
  const shapes: Readonly<Record<string, string>> = {
    docker_volume: `[(${name})]`,
    docker_network: `{{${name}}}`,
    docker_image: `[/${name}/]`,
    docker_container: properties["must_run"] === false ? `([${name}])` : `[${name}]`,
  };
  return `${idOf(address)}${shapes[type] ?? `[${name}]`}`;
}

/** Mermaid's ids have no dot. */
function idOf(address: string): string {
  return address.replace(/^docker_/, "").replace(".", "_");
}
