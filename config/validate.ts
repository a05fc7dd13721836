import { closest } from "fastest-levenshtein";
import type * as z from "zod";
import { type Problem, problems } from "./errors";
import { type DeploymentInput, type DeploymentSettings, deploymentSchema } from "./schema";

/** Either the settings with their fixed defaults, or every problem that the schema sees. */
export type Validation =
  | { readonly settings: DeploymentSettings }
  | { readonly settings?: undefined; readonly problems: readonly Problem[] };

/** Checks what the user wrote against the schema; never throws. */
export function validate(input: DeploymentInput): Validation {
  const result = deploymentSchema.safeParse(input, { reportInput: true });
  if (result.success) return { settings: result.data };
  return { problems: result.error.issues.flatMap((issue) => describeIssue(issue)) };
}

function describeIssue(issue: z.core.$ZodIssue): Problem[] {
  const place = issue.path.map(String).join(".");
  if (issue.code === "unrecognized_keys") {
    const known = keysAt(issue.path);
    return issue.keys.map((key) => problems.unknownKey(place, key, nearest(key, known), known));
  }
  return [problems.wrongValue(place, issue.input, expectation(issue))];
}

/** zod's issue as the end of the sentence "expected: …". */
function expectation(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case "invalid_type":
      return article(issue.expected);
    case "too_small":
      return issue.origin === "string" || issue.origin === "array"
        ? `not empty`
        : `at least ${issue.minimum}`;
    case "too_big":
      return `at most ${issue.maximum}`;
    case "invalid_value":
      return `one of ${issue.values.map((value) => JSON.stringify(value)).join(", ")}`;
    case "invalid_union":
      return "an IPv4 or IPv6 address";
    case "invalid_key":
      return issue.issues[0]?.message ?? "another key";
    default:
      return issue.message;
  }
}

function article(type: string): string {
  const names: Record<string, string> = {
    int: "a whole number",
    record: "an object",
    boolean: "true or false",
  };
  return names[type] ?? (/^[aeiou]/.test(type) ? `an ${type}` : `a ${type}`);
}

/** The known key that a typing error most likely meant. */
export function nearest(word: string, known: readonly string[]): string | undefined {
  if (known.length === 0) return undefined;
  const best = closest(
    word.toLowerCase(),
    known.map((key) => key.toLowerCase()),
  );
  const original = known.find((key) => key.toLowerCase() === best);
  return original !== undefined && sharesEnough(word.toLowerCase(), best) ? original : undefined;
}

/** A suggestion helps only when most letters agree. */
function sharesEnough(word: string, candidate: string): boolean {
  const letters = new Set(word);
  const shared = [...new Set(candidate)].filter((letter) => letters.has(letter)).length;
  return shared * 2 >= new Set(candidate).size;
}

/** Names of the keys that the schema knows at a path. */
function keysAt(path: readonly PropertyKey[]): string[] {
  let schema: unknown = deploymentSchema;
  for (const key of path) schema = shapeOf(schema)?.[String(key)];
  return Object.keys(shapeOf(schema) ?? {});
}

/** The keys of an object schema, also when it is wrapped by a default. */
function shapeOf(schema: unknown): Record<string, unknown> | undefined {
  if (typeof schema !== "object" || schema === null) return undefined;
  if ("shape" in schema) return schema.shape as Record<string, unknown>;
  if ("unwrap" in schema && typeof schema.unwrap === "function") {
    return shapeOf((schema.unwrap as () => unknown)());
  }
  return undefined;
}
