import type { KnownEnvironment, Known } from "./known";
import { ENVIRON, UNKNOWN, flagOf, isList, truth } from "./known";

/** An argument of a call. */
export interface KnownArgument {
  readonly keyword?: string;
  readonly value: Known;
  /** Its first word: `cast=bool`. */
  readonly word?: string;
}

/** A call whose arguments are evaluated. */
export interface KnownCall {
  /** The dotted name, for example `os.environ.get`. */
  readonly callee: string;
  /** What stands before the last dot. */
  readonly receiver: Known;
  readonly given: readonly KnownArgument[];
}

/** What calls refer to. */
export interface KnownReaders {
  readonly environment: KnownEnvironment;
  /** Whether it is a function of the project's own that reads a variable: nobody knows how. */
  isOwnReader(callee: string): boolean;
  /** What `environ.Env(NAME=(bool, True))` says of a variable. */
  readonly declared: ReadonlyMap<string, { readonly flag: boolean; readonly fallback: Known }>;
}

const RAW = /^(os\.)?(getenv|environ\.(get|setdefault))$/;
const ENV = /^env(iron)?(\.\w+)?$/;
const DECOUPLE = /^(decouple\.)?config$/;

/** Name of the variable that a call reads; undefined for any other call. */
export function variableRead({ callee, given }: KnownCall, readers: KnownReaders): string | undefined {
  const name = given[0]?.value;
  const reads = RAW.test(callee) || ENV.test(callee) || DECOUPLE.test(callee) || readers.isOwnReader(callee);
  return reads && typeof name === "string" && /^\w+$/.test(name) ? name : undefined;
}

/** What a call gives; UNKNOWN when it would fail or does something else. */
export function valueOfCall(call: KnownCall, readers: KnownReaders): Known {
  const name = variableRead(call, readers);
  if (name !== undefined) return readVariable(name, call, readers);
  const { callee, given, receiver } = call;
  const [first] = given;
  const argument = first?.value ?? UNKNOWN;
  const method = callee.slice(callee.lastIndexOf(".") + 1);
  switch (method) {
    case "bool":
      return given.length === 0 ? false : truth(argument);
    case "int":
    case "float":
      return numberOf(argument);
    case "str":
      return typeof argument === "string" ? argument : UNKNOWN;
    case "strtobool":
      return flagOf(argument);
    case "loads":
      return literalOf(argument, { true: true, false: false, null: null });
    case "literal_eval":
    case "eval":
      return literalOf(argument, { True: true, False: false, None: null });
    default:
      return typeof receiver === "string" ? methodOf(receiver, method, given) : UNKNOWN;
  }
}

function readVariable(name: string, { callee, given }: KnownCall, readers: KnownReaders): Known {
  const fallback =
    given.find(({ keyword }) => keyword === "default") ?? given.slice(1).find(({ keyword }) => !keyword);
  const cast = given.find(({ keyword }) => keyword === "cast")?.word;
  const declared = readers.declared.get(name);
  const otherwise = fallback?.value ?? declared?.fallback ?? (RAW.test(callee) ? null : UNKNOWN);
  const text = readers.environment.get(name) ?? otherwise;
  if (RAW.test(callee)) return text;
  // django-environ takes the type of the default; of a helper of the project's own the same is likely.
  const asFlag =
    callee.endsWith(".bool") ||
    ["bool", "strtobool", "lambda"].includes(cast ?? "") ||
    declared?.flag === true ||
    (typeof otherwise === "boolean" && !DECOUPLE.test(callee)) ||
    readers.isOwnReader(callee);
  if (asFlag) return flagOf(text);
  return callee.endsWith(".int") || cast === "int" ? numberOf(text) : text;
}

function numberOf(value: Known): Known {
  if (typeof value === "boolean") return Number(value);
  const number = typeof value === "string" && value.trim() !== "" ? Number(value) : value;
  return typeof number === "number" && Number.isFinite(number) ? number : UNKNOWN;
}

function literalOf(value: Known, words: Readonly<Record<string, Known>>): Known {
  if (typeof value !== "string") return UNKNOWN;
  return Object.hasOwn(words, value.trim()) ? (words[value.trim()] ?? null) : numberOf(value);
}

function methodOf(text: string, method: string, given: readonly KnownArgument[]): Known {
  const argument = given[0]?.value;
  switch (method) {
    case "lower":
    case "casefold":
      return text.toLowerCase();
    case "upper":
      return text.toUpperCase();
    case "capitalize":
    case "title":
      return text.charAt(0).toUpperCase() + text.slice(1).toLowerCase();
    case "strip":
      return argument === undefined ? text.trim() : UNKNOWN;
    case "split":
      return typeof argument === "string" && argument !== "" ? text.split(argument) : UNKNOWN;
    case "startswith":
      return typeof argument === "string" ? text.startsWith(argument) : UNKNOWN;
    case "endswith":
      return typeof argument === "string" ? text.endsWith(argument) : UNKNOWN;
    case "isdigit":
      return /^\d+$/.test(text);
    default:
      return UNKNOWN;
  }
}

/** An element: `os.environ["X"]`, which fails without it, or one of a list. */
export function elementOf(container: Known, index: Known, { environment }: KnownReaders): Known {
  if (container === ENVIRON && typeof index === "string") return environment.get(index) ?? UNKNOWN;
  if (isList(container) && typeof index === "number") return container.at(index) ?? UNKNOWN;
  return UNKNOWN;
}
