import { NOTHING, join, parent, split } from "./value";
import type { Value } from "./value";

/** An argument of a call. */
export interface Argument {
  /** Its name, if it has one. */
  readonly keyword?: string;
  readonly value: Value;
  /** Its first word, for what has no value: `cast=Csv()`. */
  readonly word?: string;
}

/** A call, with what it is called on. */
export interface Call {
  /** The dotted name, for example `os.path.join`; `.join` on something that has none. */
  readonly callee: string;
  /** What stands before the last dot. */
  readonly receiver: Value;
  readonly given: readonly Argument[];
  /** Whether it returns the environment variable that its first argument names. */
  readonly reads: boolean;
}

/** What a call gives, as far as it can be known: the functions that settings build paths and lists with. */
export function called({ callee, receiver, given, reads }: Call): Value {
  const positional = given
    .filter((argument) => argument.keyword === undefined)
    .map((argument) => argument.value);
  const [first = NOTHING, second] = positional;
  if (reads) {
    const fallback = given.find((argument) => argument.keyword === "default")?.value ?? second ?? NOTHING;
    const splits =
      /\.(list|tuple)$/.test(callee) ||
      given.some(({ keyword, word = "" }) => keyword === "cast" && ["Csv", "lambda"].includes(word));
    return { ...fallback, variable: first.text, ...(splits ? { separator: "," } : {}) };
  }
  const method = callee.slice(callee.lastIndexOf(".") + 1);
  switch (method) {
    case "split":
      return split(receiver, first.text);
    case "lower":
      return { ...receiver, text: receiver.text?.toLowerCase() };
    case "strip":
    case "resolve":
    case "absolute":
    case "as_posix":
      return receiver;
    case "joinpath":
    case "child":
    case "path":
      return join([receiver, ...positional]);
    case "ancestor":
      return parent(receiver, Number(first.text));
    case "join":
      // "".join(…) is none of paths.
      return callee === ".join" ? NOTHING : join(positional);
    case "dirname":
      return parent(first, 1);
    case "abspath":
    case "realpath":
    case "normpath":
    case "str":
    case "Path":
    case "PosixPath":
    case "PurePath":
    case "root":
      return positional.length > 1 ? join(positional) : first;
    case "bool":
    case "int":
      return { variable: first.variable };
    default:
      // environ.Path objects are called to join: ROOT_DIR("staticfiles").
      return receiver.text !== undefined && positional.length > 0
        ? join([receiver, ...positional])
        : { variable: receiver.variable };
  }
}
