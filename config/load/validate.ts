import * as z from "zod";
import { type Problem, problems, showValue } from "../errors";
import { nearest } from "../nearest";
import { type DeploymentSettings, deploymentSchema } from "../schema";
import { expectationOf, keysOf, schemaAt, unwrapped } from "../schema/describe";
import { suggestion } from "./suggestion";

/** What the schema says to what the user wrote. */
export interface Validation {
  /**
   * The settings, with the fixed defaults also in place of what was refused: with problems they are good for
   * nothing but looking for more. Undefined when not even the project is known.
   */
  readonly settings?: DeploymentSettings;
  readonly problems: readonly Problem[];
}

/** Each schema is asked once or twice: to compile its checks first, as zod does by default, takes four times as long. */
const PARSING = { reportInput: true, jitless: true };

/** Checks what the user wrote against the schema; never throws. */
export function validate(input: unknown): Validation {
  try {
    // It has no keys of its own, so that the schema would miss the project's.
    if (input instanceof Promise) return { problems: [problems.noObject(input)] };
    const result = deploymentSchema.safeParse(input, PARSING);
    if (result.success) return { settings: result.data, problems: [] };
    const issues = result.error.issues.filter((issue, _, all) => !isMisspelt(issue, all));
    const rest = issues.reduce(without, input);
    return {
      settings: deploymentSchema.safeParse(rest, PARSING).data,
      problems: onePerPlace(issues.flatMap(describeIssue)),
    };
  } catch (error) {
    // What the user wrote is a program: a getter of it may throw.
    return { problems: [problems.unreadableInput(error)] };
  }
}

/** Whether a key is missing because it is there under a misspelt name, about which there is a complaint anyway. */
function isMisspelt({ code, input, path }: z.core.$ZodIssue, all: readonly z.core.$ZodIssue[]): boolean {
  if (code !== "invalid_type" || input !== undefined) return false;
  const [section, key] = [placeOf(path.slice(0, -1)), String(path.at(-1))];
  return all.some(
    (other) =>
      other.code === "unrecognized_keys" &&
      placeOf(other.path) === section &&
      other.keys.some((name) => likely(name, keysOf(schemaOf(other))) === key),
  );
}

function describeIssue(issue: z.core.$ZodIssue): Problem[] {
  const { path } = issue;
  const schema = schemaOf(issue);
  if (issue.code === "unrecognized_keys") {
    const known = keysOf(schema);
    return issue.keys.map((key) => problems.unknownKey(placeOf([...path, key]), likely(key, known), known));
  }
  if (path.length === 0) return [problems.noObject(issue.input)];
  const expected = expectationOf(schema);
  const better = suggestion(schema, issue.input);
  if (issue.code === "invalid_key") return [problems.wrongKey(placeOf(path), expected, better)];
  const key = path.at(-1);
  const name = typeof key === "number" ? "" : `${nameOf(key)}: `;
  const example = better === undefined ? undefined : `${name}${showValue(better)}`;
  return [problems.wrongValue(placeOf(path), issue.input, expected, example)];
}

/** The schema that made an issue. */
function schemaOf({ code, path }: z.core.$ZodIssue): z.core.$ZodType {
  if (code !== "invalid_key") return schemaAt(deploymentSchema, path) ?? deploymentSchema;
  const record = schemaAt(deploymentSchema, path.slice(0, -1));
  const inner = record && unwrapped(record);
  return inner instanceof z.ZodRecord ? inner.keyType : deploymentSchema;
}

/** Where an unknown key belongs: into another section, or it is a typing error. */
function likely(key: string, known: readonly string[]): string | undefined {
  const elsewhere = Object.entries(deploymentSchema.shape)
    .filter(([, section]) => keysOf(section).includes(key))
    .map(([section]) => `${section}.${key}`);
  return elsewhere.length > 0 ? elsewhere.join(" or ") : nearest(key, known);
}

/** A place in `deployment.ts` as one would write it: `project.allowedHosts[0]`. */
function placeOf(path: readonly PropertyKey[]): string {
  return path
    .map(nameOf)
    .map((name) => (/^["\d]/.test(name) ? `[${name}]` : `.${name}`))
    .join("")
    .replace(/^\./, "");
}

/** A key as one would write it: in quotes when it must be. */
function nameOf(key: PropertyKey | undefined): string {
  if (typeof key === "number") return String(key);
  const name = String(key);
  return /^[A-Za-z_$][\w$]{0,63}$/.test(name) ? name : showValue(name);
}

/** A number that is too big is so for several reasons; one is enough. */
function onePerPlace(found: readonly Problem[]): Problem[] {
  return found.filter(({ place }, index) => found.findIndex((other) => other.place === place) === index);
}

/** A copy of the input without what an issue complains about, so that the rest can still be looked at. */
function without(input: unknown, issue: z.core.$ZodIssue): unknown {
  const paths =
    issue.code === "unrecognized_keys" ? issue.keys.map((key) => [...issue.path, key]) : [issue.path];
  return paths.reduce(removed, input);
}

function removed(value: unknown, [key, ...rest]: readonly PropertyKey[]): unknown {
  // A list is taken out as a whole: without one of its entries it would be another list.
  if (key === undefined || typeof value !== "object" || value === null || Array.isArray(value))
    return undefined;
  const others = Object.entries(value).filter(([name]) => name !== String(key));
  const below = removed((value as Readonly<Record<PropertyKey, unknown>>)[key], rest);
  return Object.fromEntries(below === undefined ? others : [...others, [key, below]]);
}
