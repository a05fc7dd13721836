import published from "./data/instance-types.json";
import type { InstanceType } from "./host";

const types = published.types as unknown as Readonly<
  Record<string, readonly [number, number, "arm64" | "amd64"]>
>;

/** Every AWS region of the public partition. */
export const REGIONS: readonly string[] = published.regions;

/** Names of the instance types, some 1,300. */
export const INSTANCE_TYPES: readonly string[] = Object.keys(types);

/** @returns what AWS publishes of an instance type, or undefined when there is none of that name */
export function instanceType(name: string): InstanceType | undefined {
  const facts = types[name];
  if (!facts) return undefined;
  const [memory, processors, architecture] = facts;
  return { name, memory, processors, architecture };
}

/**
 * The types that a machine could grow into: of the same family and architecture, smallest first.
 *
 * @param like the type that was chosen
 */
export function largerTypes(like: InstanceType): InstanceType[] {
  const family = like.name.split(".")[0] ?? "";
  return INSTANCE_TYPES.filter((name) => name.startsWith(`${family}.`))
    .flatMap((name) => instanceType(name) ?? [])
    .filter((type) => type.memory > like.memory)
    .sort((a, b) => a.memory - b.memory || a.processors - b.processors);
}
