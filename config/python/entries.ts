import { evaluate } from "./evaluator";
import type { PythonModule } from "./module";
import { isEnvironmentCall } from "./module";
import { nestingOf } from "./tokens";
import type { Statement, Token } from "./tokens";
import type { Value } from "./value";

/** A part of a statement: from a token on, up to another one that is no longer in it. */
export type Part = readonly [from: number, to: number];

/** The values of a key: `"KEY": …` in a literal, `KEY=…` in `dict(…)`, and `settings["KEY"] = …`. */
export function valuesOf(key: string, { tokens }: Statement, [from, to]: Part = [0, tokens.length]): Part[] {
  const found: Part[] = [];
  for (let index = from; index < to; index += 1) {
    const token = tokens[index];
    const start = token?.text === key ? valueAfter(token, index, tokens) : undefined;
    if (start !== undefined) found.push([start, endOfValue(tokens, start)]);
  }
  return found;
}

/** Where the value begins, if a token is a key and not a value itself. */
function valueAfter({ kind }: Token, index: number, tokens: readonly Token[]): number | undefined {
  const [before, next, afterNext] = [
    tokens[index - 1]?.text,
    tokens[index + 1]?.text,
    tokens[index + 2]?.text,
  ];
  if (kind === "string" && next === ":") return index + 2;
  if (kind === "string" && next === "]" && afterNext === "=") return index + 3;
  return kind === "name" && next === "=" && (before === "(" || before === ",") ? index + 2 : undefined;
}

/** The next comma of this level, or the bracket that closes it. */
function endOfValue(tokens: readonly Token[], start: number): number {
  let depth = 0;
  const length = tokens.slice(start).findIndex((token) => {
    depth += nestingOf(token);
    return depth < 0 || (depth === 0 && token.text === "," && token.kind === "operator");
  });
  return length === -1 ? tokens.length : start + length;
}

/**
 * What of a statement is about the database `default`: all of it when it names no database, nothing when it is about
 * another one.
 */
export function defaultDatabaseIn(statement: Statement): Part {
  const { tokens } = statement;
  const [first, second, third, fourth] = tokens;
  const whole: Part = [0, tokens.length];
  if (first?.text !== "DATABASES") return entryOf(statement) ?? whole;
  if (second?.text === "[") return third?.text === "default" ? whole : [0, 0];
  const call = third?.text === "dict" && fourth?.text === "(";
  return entryOf(statement) ?? (call ? valuesOf("default", statement)[0] : undefined) ?? whole;
}

/** The value of `"default":`. The `default=` of a call that reads a variable is another one. */
function entryOf(statement: Statement): Part | undefined {
  return valuesOf("default", statement).find(([from]) => statement.tokens[from - 2]?.kind === "string");
}

/**
 * Evaluates an expression with the names that a module has in the end.
 *
 * @param mount the project's folder in the container: a path that begins at `__file__` is below it
 */
export function valueIn(module: PythonModule, expression: readonly Token[], mount = "/"): Value {
  const { file, names, readers } = module;
  return evaluate(expression, {
    file: `${mount}/${file}`.replace(/\/+/g, "/"),
    names,
    readsEnvironment: (callee) => isEnvironmentCall(callee) || readers.has(callee),
  });
}
