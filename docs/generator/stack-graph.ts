/** A stack as Terraform reads it, as far as a drawing cares. */
export interface StackSource {
  readonly name: string;
  readonly json: {
    readonly resource?: Readonly<Record<string, Readonly<Record<string, Readonly<Record<string, unknown>>>>>>;
  };
}

/** A resource of a stack. */
export interface Resource {
  /** `docker_container.web` */
  readonly address: string;
  readonly type: string;
  readonly id: string;
  readonly stack: string;
  readonly properties: Readonly<Record<string, unknown>>;
}

/** `before` is there before `after`. */
export interface Edge {
  readonly before: string;
  readonly after: string;
}

/** Every resource, stack by stack. */
export function resourcesOf(stacks: readonly StackSource[]): Resource[] {
  return stacks.flatMap(({ name: stack, json }) =>
    Object.entries(json.resource ?? {}).flatMap(([type, ids]) =>
      Object.entries(ids).map(([id, properties]) => ({
        address: `${type}.${id}`,
        type,
        id,
        stack,
        properties,
      })),
    ),
  );
}

/** Order within the stacks: references and `depends_on`, without what follows from others. */
export function edgesOf(resources: readonly Resource[]): Edge[] {
  const edges = resources.flatMap(({ address: after, stack, properties }) =>
    resources
      .filter((other) => other.stack === stack && other.address !== after)
      .filter(({ address }) => mentions(properties, address))
      .map(({ address: before }) => ({ before, after })),
  );
  return withoutDetours(edges);
}

/** Edges without those that follow from others. */
export function withoutDetours(edges: readonly Edge[]): Edge[] {
  return edges.filter((edge) => !isDetour(edges, edge));
}

function mentions(value: unknown, address: string): boolean {
  if (typeof value === "string") return new RegExp(`(^|[^\\w.])${address}($|[^\\w])`).test(value);
  if (typeof value !== "object" || value === null) return false;
  return Object.values(value).some((below) => mentions(below, address));
}

/** Whether edges lead from one to the other by more than one step. */
function isDetour(edges: readonly Edge[], { before: from, after: to }: Edge): boolean {
  const next = (name: string): string[] =>
    edges.filter(({ before }) => before === name).map(({ after }) => after);
  const reached = new Set(next(from).filter((name) => name !== to));
  // A set is gone through with all that is added meanwhile.
  for (const name of reached) next(name).forEach((after) => reached.add(after));
  return reached.has(to);
}
