/** One object that a state knows. */
export interface StateObject {
  /** Address of its resource: `docker_container.web`, `docker_container.worker[0]`. */
  readonly address: string;
  readonly type: string;
  /** The provider's id of it: of a container its full id, of a volume its name. */
  readonly id: string;
  /** AWS's name of it, when it has one. */
  readonly arn?: string;
  readonly tainted: boolean;
  /** It was to be replaced, and the apply failed before it was removed. */
  readonly deposed: boolean;
}

/** What Terraform knows of a stack. */
export interface State {
  readonly objects: readonly StateObject[];
}

interface RawState {
  readonly version?: number;
  readonly resources?: readonly {
    readonly mode: string;
    readonly type: string;
    readonly name: string;
    readonly instances: readonly {
      readonly index_key?: string | number;
      readonly attributes?: { readonly id?: string; readonly arn?: string };
      readonly status?: string;
      readonly deposed?: string;
    }[];
  }[];
}

/** The address of one instance of a resource in a state. @param key which of several it is. @default there is one */
export function addressIn(
  { type, name }: { readonly type: string; readonly name: string },
  key: string | number | undefined,
): string {
  return `${type}.${name}${key === undefined ? "" : `[${JSON.stringify(key)}]`}`;
}

/** The address of the resource that an instance is of: without its index. */
export function resourceOf(address: string): string {
  return address.replace(/\[[^\]]*\]$/, "");
}

/** @param json what `terraform state pull` prints: nothing when there is no state yet */
export function parseState(json: string): State {
  if (json.trim() === "") return { objects: [] };
  const { version, resources = [] } = JSON.parse(json) as RawState;
  if (version !== 4) throw new Error(`Terraform's state has version ${version ?? "unknown"}; 4 was expected`);
  return {
    objects: resources
      .filter(({ mode }) => mode === "managed")
      .flatMap(({ type, name, instances }) =>
        instances.map(({ attributes, status, deposed, index_key }) => ({
          address: addressIn({ type, name }, index_key),
          type,
          id: attributes?.id ?? "",
          ...(attributes?.arn !== undefined && { arn: attributes.arn }),
          tainted: status === "tainted",
          deposed: deposed !== undefined,
        })),
      ),
  };
}
