/** Attributes of a resource in a state. */
export type Attributes = Readonly<Record<string, unknown>>;

/** An object that was to be replaced and is still in the state. */
export interface DeposedObject {
  readonly address: string;
  /** Its key in the state. */
  readonly deposed: string;
}

interface RawState {
  serial: number;
  readonly resources: readonly {
    readonly type: string;
    readonly name: string;
    instances: readonly { attributes: Attributes; readonly deposed?: string }[];
  }[];
}

/**
 * Sets attributes of imported resources in a state.
 *
 * @param json the state, as `terraform state pull` prints it
 * @param changes by address
 * @returns the state that follows it
 */
export function withAttributes(json: string, changes: ReadonlyMap<string, Attributes>): string {
  const state = JSON.parse(json) as RawState;
  for (const { type, name, instances } of state.resources) {
    const attributes = changes.get(`${type}.${name}`);
    const current = instances.find(({ deposed }) => deposed === undefined);
    if (attributes && current) current.attributes = { ...current.attributes, ...attributes };
  }
  return next(state);
}

/**
 * Has a state forget deposed objects; Terraform's commands know no way to.
 *
 * @param json the state, as `terraform state pull` prints it
 * @returns the state that follows it
 */
export function withoutDeposed(json: string, gone: readonly DeposedObject[]): string {
  const state = JSON.parse(json) as RawState;
  for (const resource of state.resources) {
    const keys = gone.filter(({ address }) => address === `${resource.type}.${resource.name}`);
    resource.instances = resource.instances.filter(
      (instance) => !keys.some(({ deposed }) => deposed === instance.deposed),
    );
  }
  return next(state);
}

function next(state: RawState): string {
  state.serial += 1;
  return JSON.stringify(state, null, 2);
}
