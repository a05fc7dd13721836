import { posix } from "node:path";

/**
 * What is known of a Python value without running anything. All fields are optional: an empty
 * object is a value of which nothing is known.
 */
export interface Value {
  /** A string's or a path's text; what it is when its environment variable is not set. */
  readonly text?: string;
  /** True or False. */
  readonly flag?: boolean;
  /** Elements of a list or tuple. */
  readonly items?: readonly Value[];
  /** The environment variable that it is read from. */
  readonly variable?: string;
  /** How the variable's text is split into items. */
  readonly separator?: string;
}

/** Nothing is known. */
export const NOTHING: Value = {};

/** More folders up than this is no path. */
const HIGHEST = 40;

/** An attribute that is no call. `.parents` waits for its index. */
export function attribute(value: Value, name: string): Value {
  if (name === "parent") return parent(value, 1);
  return name === "parents" ? value : NOTHING;
}

/** A path of parts: `os.path.join`, `Path / part`. */
export function join(parts: readonly Value[]): Value {
  const texts = parts.map((part) => part.text);
  if (texts.length === 0 || texts.some((text) => text === undefined))
    return { variable: parts.find((part) => part.variable !== undefined)?.variable };
  // As in Python, an absolute part begins anew.
  const text = (texts as string[]).reduce((left, right) =>
    right.startsWith("/") ? right : posix.join(left, right),
  );
  return { text, variable: parts.find((part) => part.variable !== undefined)?.variable };
}

/** The folder so many levels up. */
export function parent(value: Value, levels: number): Value {
  if (value.text === undefined || !Number.isInteger(levels) || levels < 0 || levels > HIGHEST) return NOTHING;
  let text = value.text;
  for (let level = 0; level < levels; level += 1) text = posix.dirname(text);
  return { ...value, text };
}

/** `os.environ.get("X", "True").lower() == "true"`: a flag with a default. */
export function equal(left: Value, right: Value): Value {
  const known = left.text !== undefined && right.text !== undefined;
  return { variable: left.variable, flag: known ? left.text === right.text : undefined };
}

/** `os.environ.get("X", "0") in ("1", "true")`: a flag with a default. */
export function containing(element: Value, list: Value): Value {
  const known = element.text !== undefined && list.items !== undefined;
  return {
    variable: element.variable,
    flag: known ? list.items.some(({ text }) => text === element.text) : undefined,
  };
}

/** `"a" + "b"`, `["a"] + ["b"]`. */
export function add(left: Value, right: Value): Value {
  const variable = left.variable ?? right.variable;
  if (left.items !== undefined || right.items !== undefined) {
    return {
      items: [...(left.items ?? []), ...(right.items ?? [])],
      variable,
      separator: left.separator ?? right.separator,
    };
  }
  if (left.text === undefined || right.text === undefined) return { variable };
  return { text: left.text + right.text, variable };
}

/** `os.environ.get("X").split(",")`: items, and how the variable must be written. */
export function split(value: Value, separator = " "): Value {
  const items = value.text?.split(separator).map((text) => ({ text }));
  return { items, variable: value.variable, separator: value.variable === undefined ? undefined : separator };
}
