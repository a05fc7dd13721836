import { Evaluator, Lexer, Parser, data } from "@actions/expressions";

/** A value of a context, as JSON has it. */
export type ContextValue = string | number | boolean | null | { readonly [name: string]: ContextValue };

/** How a job stands, which `success()` and its like ask for. */
export type JobStatus = "success" | "failure" | "cancelled";

/** What expressions may ask for. */
export interface Scope {
  /** Contexts by name: `github`, `secrets`, `vars`, `env`, `runner`. */
  readonly contexts: Readonly<Record<string, ContextValue>>;
  readonly status: JobStatus;
}

/** Functions that say how the job stands; a condition without any means "and all before has succeeded". */
const STATUS_FUNCTIONS: Readonly<Record<string, (status: JobStatus) => boolean>> = {
  success: (status) => status === "success",
  failure: (status) => status === "failure",
  cancelled: (status) => status === "cancelled",
  always: () => true,
};

/**
 * A text with every `${{ … }}` in it evaluated, by GitHub's own parser.
 *
 * @throws when an expression is none, or asks for a context or function that isn't there
 */
export function interpolate(text: string, scope: Scope): string {
  return text.replace(/\$\{\{([^]*?)\}\}/g, (_, expression: string) =>
    evaluate(expression, scope).coerceString(),
  );
}

/** Whether a step or job with this `if:` runs; undefined: it has none. */
export function holds(condition: string | undefined, scope: Scope): boolean {
  if (condition === undefined) return scope.status === "success";
  const plain = condition.trim().replace(/^\$\{\{([^]*)\}\}$/, "$1");
  const asksForStatus = new RegExp(`\\b(${Object.keys(STATUS_FUNCTIONS).join("|")})\\s*\\(`).test(plain);
  return (asksForStatus || scope.status === "success") && isTrue(evaluate(plain, scope));
}

function evaluate(text: string, { contexts, status }: Scope): data.ExpressionData {
  const functions = Object.entries(STATUS_FUNCTIONS).map(([name, call]) => ({
    name,
    minArgs: 0,
    maxArgs: 0,
    call: () => new data.BooleanData(call(status)),
  }));
  try {
    const { tokens } = new Lexer(text.trim()).lex();
    const expression = new Parser(tokens, Object.keys(contexts), functions).parse();
    const known = new Map(functions.map((definition) => [definition.name, definition]));
    return new Evaluator(expression, dictionary(contexts), known).evaluate();
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(`the workflow's expression "${text.trim()}" can't be evaluated: ${reason}`);
  }
}

function dictionary(values: Readonly<Record<string, ContextValue>>): data.Dictionary {
  return new data.Dictionary(
    ...Object.entries(values).map(([key, value]) => ({ key, value: dataOf(value) })),
  );
}

function dataOf(value: ContextValue): data.ExpressionData {
  if (value === null) return new data.Null();
  if (typeof value === "string") return new data.StringData(value);
  if (typeof value === "number") return new data.NumberData(value);
  return typeof value === "boolean" ? new data.BooleanData(value) : dictionary(value);
}

/** As GitHub sees it: `false`, 0, the empty text and null are not. */
function isTrue(value: data.ExpressionData): boolean {
  return !["", "0", "false", "NaN"].includes(value.coerceString()) || value.kind === data.Kind.Dictionary;
}
