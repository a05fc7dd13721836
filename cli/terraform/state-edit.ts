import { addressIn } from "./state";

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
    instances: readonly {
      attributes: Attributes;
      readonly deposed?: string;
      readonly index_key?: string | number;
    }[];
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
  for (const resource of state.resources) {
    for (const instance of resource.instances.filter(({ deposed }) => deposed === undefined)) {
      const attributes = changes.get(addressIn(resource, instance.index_key));
      if (attributes) instance.attributes = { ...instance.attributes, ...attributes };
    }
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
    resource.instances = resource.instances.filter(
      ({ deposed: key, index_key }) =>
        !gone.some(({ address, deposed }) => deposed === key && address === addressIn(resource, index_key)),
    );
  }
  return next(state);
}

function next(state: RawState): string {
  state.serial += 1;
  return JSON.stringify(state, null, 2);
}
