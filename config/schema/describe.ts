import * as z from "zod";
import { showValue } from "../problems/problem";
import { descriptions } from "./values";

/** The schema without what a default or `optional` wraps around it. */
export function unwrapped(schema: z.core.$ZodType): z.core.$ZodType {
  let inner = schema;
  while (inner instanceof z.ZodDefault || inner instanceof z.ZodPrefault || inner instanceof z.ZodOptional) {
    inner = inner.unwrap();
  }
  return inner;
}

/** Names of the keys that an object schema knows; none for any other schema. */
export function keysOf(schema: z.core.$ZodType): string[] {
  const inner = unwrapped(schema);
  return inner instanceof z.ZodObject ? Object.keys(inner.shape) : [];
}

/** The schema of what lies at a path; undefined where the schema knows nothing. */
export function schemaAt(schema: z.core.$ZodType, path: readonly PropertyKey[]): z.core.$ZodType | undefined {
  const [key, ...rest] = path;
  if (key === undefined) return schema;
  const inner = unwrapped(schema);
  const below =
    inner instanceof z.ZodObject
      ? (inner.shape as Readonly<Record<PropertyKey, z.core.$ZodType | undefined>>)[key]
      : inner instanceof z.ZodArray
        ? inner.element
        : inner instanceof z.ZodRecord
          ? inner.valueType
          : undefined;
  return below && schemaAt(below, rest);
}

/** What a value must be, as the end of the sentence "expected: …". */
export function expectationOf(schema: z.core.$ZodType): string {
  const inner = unwrapped(schema);
  const described = descriptions.get(inner)?.expected;
  if (described !== undefined) return described;
  if (inner instanceof z.ZodNumber) return `a whole number from ${inner.minValue} to ${inner.maxValue}`;
  if (inner instanceof z.ZodEnum) return `one of ${inner.options.map(showValue).join(", ")}`;
  if (inner instanceof z.ZodLiteral) return [...inner.values].map(showValue).join(", ");
  if (inner instanceof z.ZodUnion) return inner.options.map(expectationOf).join(", or ");
  if (inner instanceof z.ZodObject) return `an object with ${keysOf(inner).join(", ")}`;
  if (inner instanceof z.ZodArray) return `a list, each entry ${expectationOf(inner.element)}`;
  if (inner instanceof z.ZodRecord) return "an object of names and values";
  return inner instanceof z.ZodBoolean ? "true or false" : "text";
}

/** A value that would do: an example, or the default; undefined when the schema has neither. */
export function exampleOf(schema: z.core.$ZodType): unknown {
  const inner = unwrapped(schema);
  const example = descriptions.get(inner)?.example;
  if (example !== undefined) return example;
  if (inner instanceof z.ZodObject) {
    const examples = keysOf(inner).map((key) => ({ key, value: exampleOf(inner.shape[key] as z.ZodType) }));
    const first = examples.find(({ value }) => value !== undefined);
    return first && { [first.key]: first.value };
  }
  if (schema instanceof z.ZodDefault) return schema.def.defaultValue;
  if (inner instanceof z.ZodArray) return [exampleOf(inner.element)];
  return inner instanceof z.ZodBoolean ? true : undefined;
}
