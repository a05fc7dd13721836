import { posix } from "node:path";

import { statementsOf } from "./tokens";
import type { Statement, Token } from "./tokens";
import { evaluate } from "./evaluator";
import type { Scope } from "./evaluator";
import type { Value } from "./value";
import type { ProjectTree } from "../tree/tree";

/** A module of the project, read and not run. */
export interface PythonModule {
  /** Dotted name, as Django takes it. */
  readonly name: string;
  /** Path below the project's folder. */
  readonly file: string;
  readonly statements: readonly Statement[];
  /** What its names are at the end, those imported from the project's own modules included. */
  readonly names: ReadonlyMap<string, Value>;
  /** The project's modules that it imports names from, in order. */
  readonly imports: readonly PythonModule[];
  /** Its own functions that read an environment variable named by their argument. */
  readonly readers: ReadonlyMap<string, EnvironmentReader>;
}

/** A function such as `def required(name): return os.environ[name]`. */
export interface EnvironmentReader {
  /** Whether it raises when the variable is missing. */
  readonly raises: boolean;
}

/** Where imports are looked up, and where the project will lie. */
export interface ModuleRoot {
  /** The folder on Python's path, below the project's folder. */
  readonly pythonRoot: string;
  /** The project's folder in the container. */
  readonly mount: string;
}

/** Longer chains of imports are no settings. */
const LONGEST_CHAIN = 30;

/** Reads modules of one project, each once. */
export class PythonModules {
  private readonly cache = new Map<string, PythonModule | undefined>();
  private chain = 0;

  constructor(
    private readonly tree: ProjectTree,
    private readonly root: ModuleRoot,
  ) {}

  /** The file of a dotted name, or undefined when the project has none. */
  fileOf(name: string): string | undefined {
    const base = posix.join(this.root.pythonRoot, name.split(".").join("/"));
    return [`${base}.py`, `${base}/__init__.py`].find((file) => this.tree.hasPython(file));
  }

  /** The module of a dotted name, or undefined when the project has none. */
  read(name: string): PythonModule | undefined {
    if (this.cache.has(name)) return this.cache.get(name);
    // Marked before it is read: modules may import each other.
    this.cache.set(name, undefined);
    const file = this.fileOf(name);
    const text = file === undefined || this.chain > LONGEST_CHAIN ? undefined : this.tree.text(file);
    if (file === undefined || text === undefined) return undefined;
    this.chain += 1;
    const read = this.interpret(name, file, text);
    this.chain -= 1;
    this.cache.set(name, read);
    return read;
  }

  private interpret(name: string, file: string, text: string): PythonModule {
    const names = new Map<string, Value>();
    const imports: PythonModule[] = [];
    const readers = new Map<string, EnvironmentReader>();
    const statements = statementsOf(text);
    for (const [reader, kind] of readersOf(statements)) readers.set(reader, kind);
    const scope: Scope = {
      file: posix.join(this.root.mount, file),
      names,
      readsEnvironment: (callee) => isEnvironmentCall(callee) || readers.has(callee),
    };
    for (const { tokens, block } of statements) {
      if (block === "function") continue;
      const imported = importOf(tokens, name, file);
      if (imported !== undefined) {
        const module = this.read(imported.module);
        if (module === undefined) continue;
        imports.push(module);
        for (const [reader, kind] of module.readers) readers.set(reader, kind);
        for (const [from, as] of imported.names ??
          [...module.names.keys()].map((key) => [key, key] as const)) {
          define(names, as, module.names.get(from) ?? {}, block === "always");
        }
        continue;
      }
      const assignment = assignmentOf(tokens);
      if (assignment === undefined) continue;
      const value = evaluate(assignment.expression, scope);
      const before = names.get(assignment.name);
      define(names, assignment.name, assignment.adds ? added(before, value) : value, block === "always");
    }
    return { name, file, statements, names, imports, readers };
  }
}

/** Functions that return the environment variable that their first argument names. */
export function isEnvironmentCall(callee: string): boolean {
  return /^(os\.)?(getenv|environ\.get)$|^env(iron)?(\.(str|bool|int|float|list|tuple|json|url|path))?$|^(decouple\.)?config$/.test(
    callee,
  );
}

/** An assignment in a block that may not be executed only adds what isn't known yet. */
function define(names: Map<string, Value>, name: string, value: Value, always: boolean): void {
  const before = names.get(name);
  names.set(name, always || before === undefined ? value : { ...value, ...defined(before) });
}

function defined(value: Value): Value {
  return Object.fromEntries(Object.entries(value).filter(([, field]) => field !== undefined));
}

function added(before: Value | undefined, value: Value): Value {
  return { ...before, ...defined(value), items: [...(before?.items ?? []), ...(value.items ?? [])] };
}

/** An assignment to one name. */
export interface Assignment {
  readonly name: string;
  readonly adds: boolean;
  readonly expression: readonly Token[];
}

/** `NAME = …`, `NAME: type = …`, `NAME += …` and `if NAME := …`. */
export function assignmentOf(tokens: readonly Token[]): Assignment | undefined {
  const walrus = tokens.findIndex((token) => token.kind === "operator" && token.text === ":=");
  const target = tokens[walrus - 1];
  if (target?.kind === "name")
    return { name: target.text, adds: false, expression: tokens.slice(walrus + 1) };
  const [name, operator] = tokens;
  if (name?.kind !== "name" || operator?.kind !== "operator") return undefined;
  const equals =
    operator.text === ":" ? tokens.findIndex((token) => token.kind === "operator" && token.text === "=") : 1;
  const adds = operator.text === "+" && tokens[2]?.text === "=";
  if (!adds && (equals < 1 || tokens[equals]?.text !== "=")) return undefined;
  return { name: name.text, adds, expression: tokens.slice(adds ? 3 : equals + 1) };
}

/** What a statement imports from. */
export interface Import {
  readonly module: string;
  /** Pairs of the name there and the name here; undefined for `*`. */
  readonly names?: readonly (readonly [string, string])[];
}

/** `from … import …`, absolute or relative. Plain `import …` gives no names that settings use. */
export function importOf(tokens: readonly Token[], importer: string, file: string): Import | undefined {
  if (tokens[0]?.text !== "from" || tokens[0].kind !== "name") return undefined;
  const at = tokens.findIndex((token) => token.kind === "name" && token.text === "import");
  if (at < 2) return undefined;
  const source = tokens
    .slice(1, at)
    .map((token) => token.text)
    .join("");
  const dots = /^\.*/.exec(source)?.[0].length ?? 0;
  const own = file.endsWith("/__init__.py") ? [...importer.split("."), ""] : importer.split(".");
  const above = dots === 0 ? [] : own.slice(0, Math.max(0, own.length - dots));
  const module = [...above, ...source.slice(dots).split(".")].filter((part) => part !== "").join(".");
  const listed = tokens.slice(at + 1);
  if (listed[0]?.text === "*") return { module };
  const names: [string, string][] = [];
  for (const [index, token] of listed.entries()) {
    if (token.kind !== "name" || token.text === "as" || listed[index - 1]?.text === "as") continue;
    const renamed = listed[index + 1]?.text === "as" ? listed[index + 2]?.text : undefined;
    names.push([token.text, renamed ?? token.text]);
  }
  return { module, names };
}

/** Finds the module's own helpers around the environment. */
function readersOf(statements: readonly Statement[]): Map<string, EnvironmentReader> {
  const found = new Map<string, EnvironmentReader>();
  let current: { name: string; parameter: string } | undefined;
  for (const { tokens, block } of statements) {
    if (block !== "function" && tokens.some((token) => token.text === "def" && token.kind === "name")) {
      const [name, , parameter] = tokens.slice(tokens.findIndex((token) => token.text === "def") + 1);
      current =
        name === undefined || parameter?.kind !== "name"
          ? undefined
          : { name: name.text, parameter: parameter.text };
    } else if (block !== "function") current = undefined;
    else if (current !== undefined) {
      const { name, parameter } = current;
      const reads = tokens.some(
        (token, index) =>
          token.kind === "name" &&
          /^(getenv|environ)$/.test(token.text) &&
          tokens.slice(index).some((after) => after.text === parameter),
      );
      const strict = tokens.some(
        (token, index) => token.text === "environ" && tokens[index + 1]?.text === "[",
      );
      if (reads) found.set(name, { raises: strict });
      else if (found.has(name) && tokens.some((token) => token.text === "raise"))
        found.set(name, { raises: true });
    }
  }
  return found;
}
