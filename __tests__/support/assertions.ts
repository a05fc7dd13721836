/**
 * Exact checks of a synthesized stack.
 *
 * cdktf's own `toHaveResourceWithProperties` passes as soon as any resource holds a subset of the properties, so
 * that neither a resource too many nor a property too many is ever seen. These look at everything there is.
 */

/** What Terraform reads: the JSON of one stack. */
export interface StackJson {
  readonly resource?: Readonly<Record<string, Readonly<Record<string, Properties>>>>;
  readonly data?: Readonly<Record<string, Readonly<Record<string, Properties>>>>;
  readonly variable?: Readonly<Record<string, Properties>>;
  readonly output?: Readonly<Record<string, Properties>>;
  readonly provider?: Readonly<Record<string, readonly Properties[]>>;
  readonly terraform?: Properties;
}

/** Arguments of one block. */
export type Properties = Readonly<Record<string, unknown>>;

/** Everything that Terraform knows by an address, sorted. */
export function addressesOf({ resource = {}, variable = {}, output = {} }: StackJson): string[] {
  return [
    ...Object.entries(resource).flatMap(([type, ids]) => Object.keys(ids).map((id) => `${type}.${id}`)),
    ...Object.keys(variable).map((name) => `var.${name}`),
    ...Object.keys(output).map((name) => `output.${name}`),
  ].sort();
}

/** Number of resources of each type. */
export function countsOf({ resource = {} }: StackJson): Record<string, number> {
  return Object.fromEntries(Object.entries(resource).map(([type, ids]) => [type, Object.keys(ids).length]));
}

/**
 * All arguments of one resource, without cdktf's metadata; compare with `toEqual`.
 *
 * @param address such as `docker_volume.dbdata`
 * @throws when there is none: the message names those that there are
 */
export function resourceAt(stack: StackJson, address: string): Properties {
  const [type = "", id = ""] = address.split(".");
  const found = stack.resource?.[type]?.[id];
  if (!found) throw new Error(`no ${address} among ${addressesOf(stack).join(", ")}`);
  return Object.fromEntries(Object.entries(found).filter(([name]) => name !== "//"));
}

/** `NAME=value` lines of a container as an object; a name that is there twice is an error. */
export function environmentOf(container: Properties): Record<string, string> {
  const pairs = (container["env"] as readonly string[]).map(
    (line) => line.split(/=(.*)/s, 2) as [string, string],
  );
  const environment = Object.fromEntries(pairs);
  if (Object.keys(environment).length !== pairs.length) throw new Error("a variable is set twice");
  return environment;
}

/** Labels of a resource as an object. */
export function labelsOf(resource: Properties): Record<string, string> {
  const labels = resource["labels"] as readonly { label: string; value: string }[];
  return Object.fromEntries(labels.map(({ label, value }) => [label, value]));
}
