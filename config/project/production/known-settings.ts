import type { PythonModule } from "../../python/module";
import { assignmentOf, importOf } from "../../python/module";
import type { Statement, Token } from "../../python/tokens";
import { nestingOf } from "../../python/tokens";
import type { Known, KnownEnvironment } from "./known";
import { UNKNOWN, common, truth } from "./known";
import type { KnownReaders } from "./known-calls";
import { type Traced, trace } from "./known-expression";

/** A setting, what it depends on, and where it got its value. */
export interface KnownSetting extends Traced {
  /** The file, below the project's folder. */
  readonly file: string;
  readonly line: number;
}

type Names = Map<string, KnownSetting>;

/** A block that is open while statements are followed. */
interface OpenBlock {
  readonly indent: number;
  /** Whether its statements are executed. */
  runs: boolean | typeof UNKNOWN;
  /** Whether an `if` or `elif` of its chain has been true. */
  taken: boolean | typeof UNKNOWN;
  /** Not executed as statements of the module: the body of a function or class. */
  readonly apart: boolean;
  readonly condition: Pick<Traced, "reads" | "texts">;
}

/**
 * The names of a settings module as they would be with these environment variables: followed from statement to
 * statement, through `if` and imports from the project's own modules. Nothing is run.
 */
export function knownSettings(module: PythonModule, environment: KnownEnvironment): Names {
  return new Follower(environment).namesOf(module);
}

class Follower {
  private readonly done = new Map<PythonModule, Names>();

  public constructor(private readonly environment: KnownEnvironment) {}

  public namesOf(module: PythonModule): Names {
    const before = this.done.get(module);
    if (before !== undefined) return before;
    const names: Names = new Map();
    // Kept before it is followed: modules may import each other.
    this.done.set(module, names);
    const declared = new Map<string, { flag: boolean; fallback: Known }>();
    const readers: KnownReaders = {
      environment: this.environment,
      isOwnReader: (callee) => module.readers.has(callee),
      declared,
    };
    const open: OpenBlock[] = [];
    const closed = new Map<number, OpenBlock>();
    for (const statement of module.statements) {
      while ((open.at(-1)?.indent ?? -1) >= statement.indent) {
        const block = open.pop();
        if (block !== undefined) closed.set(block.indent, block);
      }
      for (const [name, one] of declarations(statement.tokens)) declared.set(name, one);
      const scope = { ...readers, names };
      const first = statement.tokens[0]?.text ?? "";
      if (statement.tokens.at(-1)?.text === ":") {
        open.push(blockOf(statement, first, closed.get(statement.indent), (tokens) => trace(tokens, scope)));
        continue;
      }
      if (open.some(({ apart }) => apart)) continue;
      const always = open.every(({ runs }) => runs === true);
      const conditions = open.map(({ condition }) => condition);
      for (const [name, value] of this.definedBy(statement, module, (tokens) => trace(tokens, scope))) {
        if (open.some(({ runs }) => runs === false)) dependOn(names, name, conditions);
        else define(names, name, withConditions(value, conditions), always);
      }
    }
    return names;
  }

  private *definedBy(
    { tokens }: Statement,
    module: PythonModule,
    evaluate: (tokens: readonly Token[]) => Traced,
  ): Generator<readonly [string, KnownSetting]> {
    const imported = importOf(tokens, module.name, module.file);
    if (imported !== undefined) {
      const source = module.imports.find(({ name }) => name === imported.module);
      if (source === undefined) return;
      const names = this.namesOf(source);
      const pairs = imported.names ?? [...names.keys()].map((name) => [name, name] as const);
      for (const [from, as] of pairs) {
        const value = names.get(from);
        if (value !== undefined) yield [as, value];
      }
      return;
    }
    const place = { file: module.file, line: tokens[0]?.line ?? 1 };
    const assignment = assignmentOf(tokens);
    if (assignment === undefined) {
      // `if A: DEBUG = True` on one line.
      const at = tokens.findIndex((token, index) => token.text === ":" && tokens[index + 2]?.text === "=");
      const name = tokens[at + 1];
      if (at !== -1 && name?.kind === "name") {
        const { reads, texts } = evaluate(tokens.slice(1, at));
        yield [name.text, { value: UNKNOWN, reads, texts, ...place }];
      }
      return;
    }
    // DEBUG = TEMPLATE_DEBUG = True
    const parts = topLevelParts(assignment.expression);
    const traced = evaluate(parts.at(-1) ?? []);
    const value = assignment.adds ? UNKNOWN : traced.value;
    for (const name of [assignment.name, ...parts.slice(0, -1).map((part) => part[0]?.text ?? "")])
      yield [name, { ...traced, value, ...place }];
  }
}

/** What a statement that ends in a colon opens. */
function blockOf(
  { indent, tokens }: Statement,
  first: string,
  before: OpenBlock | undefined,
  evaluate: (tokens: readonly Token[]) => Traced,
): OpenBlock {
  const nothing = { reads: new Set<string>(), texts: new Set<string>() };
  const block = { indent, taken: UNKNOWN as boolean | typeof UNKNOWN, apart: false, condition: nothing };
  if (first === "if" || first === "elif") {
    const traced = evaluate(tokens.slice(1, -1));
    const condition = truth(traced.value);
    const chain = first === "elif" && before !== undefined ? before : { taken: false, condition: nothing };
    const runs =
      chain.taken === false ? condition : chain.taken === true || condition === false ? false : UNKNOWN;
    return {
      ...block,
      runs,
      taken:
        chain.taken === true || condition === true
          ? true
          : common(chain.taken, condition) === false
            ? false
            : UNKNOWN,
      condition: joined([chain.condition, traced]),
    };
  }
  if (first === "else" && before !== undefined) {
    const runs = before.taken === UNKNOWN ? UNKNOWN : !before.taken;
    return { ...block, runs, condition: before.condition };
  }
  if (first === "try" || first === "finally" || first === "with") return { ...block, runs: true };
  if (["def", "class", "async"].includes(first)) return { ...block, runs: false, apart: true };
  return { ...block, runs: UNKNOWN };
}

function joined(all: readonly Pick<Traced, "reads" | "texts">[]): Pick<Traced, "reads" | "texts"> {
  return {
    reads: new Set(all.flatMap(({ reads }) => [...reads])),
    texts: new Set(all.flatMap(({ texts }) => [...texts])),
  };
}

function withConditions(
  value: KnownSetting,
  conditions: readonly Pick<Traced, "reads" | "texts">[],
): KnownSetting {
  return conditions.length === 0 ? value : { ...value, ...joined([value, ...conditions]) };
}

/** With other variables the assignment would have been executed. */
function dependOn(names: Names, name: string, conditions: readonly Pick<Traced, "reads" | "texts">[]): void {
  const before = names.get(name);
  if (before !== undefined) names.set(name, withConditions(before, conditions));
}

/** An assignment that is perhaps executed leaves what both ways have in common. */
function define(names: Names, name: string, value: KnownSetting, always: boolean): void {
  const before = names.get(name);
  if (always) names.set(name, value);
  else {
    const both = before === undefined ? UNKNOWN : common(before.value, value.value);
    names.set(name, { ...value, ...joined(before === undefined ? [value] : [before, value]), value: both });
  }
}

/** What stands between the equals signs of a statement that are in no brackets. */
function topLevelParts(tokens: readonly Token[]): Token[][] {
  const parts: Token[][] = [[]];
  let depth = 0;
  for (const token of tokens) {
    depth += nestingOf(token);
    if (depth === 0 && token.kind === "operator" && token.text === "=") parts.push([]);
    else parts.at(-1)?.push(token);
  }
  return parts;
}

/** `environ.Env(DEBUG=(bool, True))`: the type and the default of a variable. */
function declarations(tokens: readonly Token[]): [string, { flag: boolean; fallback: Known }][] {
  if (
    !tokens.some((token, index) => /^(Env|FileAwareEnv)$/.test(token.text) && tokens[index + 1]?.text === "(")
  )
    return [];
  return tokens.flatMap((token, index): [string, { flag: boolean; fallback: Known }][] => {
    const [equals, opening, type, comma, fallback] = tokens.slice(index + 1, index + 6);
    if (token.kind !== "name" || equals?.text !== "=" || opening?.text !== "(") return [];
    if (type?.text !== "bool" || comma?.text !== ",") return [];
    const known = fallback?.text === "True" ? true : fallback?.text === "False" ? false : UNKNOWN;
    return [[token.text, { flag: true, fallback: known }]];
  });
}
