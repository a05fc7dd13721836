/** Stands for a value that the text does not tell. */
export const UNKNOWN = Symbol("unknown");

/** The environment itself: `os.environ`. */
export const ENVIRON = Symbol("os.environ");

/** A Python value; `null` is None. A list stands for tuples and sets too. */
export type Known = string | number | boolean | null | KnownList | typeof UNKNOWN | typeof ENVIRON;

/** Elements of a list, a tuple or a set. */
export type KnownList = readonly Known[];

/** Environment variables as the process will have them: UNKNOWN is one that is set to nobody knows what. */
export type KnownEnvironment = ReadonlyMap<string, string | typeof UNKNOWN>;

export function isList(value: Known): value is KnownList {
  return Array.isArray(value);
}

/** What Python's `bool()` makes of a value. */
export function truth(value: Known): boolean | typeof UNKNOWN {
  if (value === UNKNOWN || value === ENVIRON) return UNKNOWN;
  if (isList(value)) return value.length > 0;
  return value !== null && value !== "" && value !== 0 && value !== false;
}

/** `==`; in Python True is 1. */
export function equals(left: Known, right: Known): boolean | typeof UNKNOWN {
  if ([left, right].some((value) => value === UNKNOWN || value === ENVIRON)) return UNKNOWN;
  if (isList(left) || isList(right)) return UNKNOWN;
  const plain = (value: Known): Known => (typeof value === "boolean" ? Number(value) : value);
  return plain(left) === plain(right);
}

/** `element in container`. */
export function contains(
  element: Known,
  container: Known,
  environment: KnownEnvironment,
): boolean | typeof UNKNOWN {
  if (container === ENVIRON) return typeof element === "string" ? environment.has(element) : UNKNOWN;
  if (element === UNKNOWN) return UNKNOWN;
  if (typeof container === "string")
    return typeof element === "string" ? container.includes(element) : UNKNOWN;
  if (!isList(container)) return UNKNOWN;
  const found = container.map((one) => equals(one, element));
  if (found.includes(true)) return true;
  return found.includes(UNKNOWN) ? UNKNOWN : false;
}

/** The words that django-environ, python-decouple and distutils take for a flag; UNKNOWN for any other, which they refuse. */
export function flagOf(value: Known): boolean | typeof UNKNOWN {
  if (typeof value !== "string") return truth(value);
  if (/^(true|t|yes|y|on|ok|1)$/i.test(value.trim())) return true;
  return /^(false|f|no|n|off|0|)$/i.test(value.trim()) ? false : UNKNOWN;
}

/** What both of two possible values are. */
export function common(one: Known, other: Known): Known {
  return one === other ? one : UNKNOWN;
}
