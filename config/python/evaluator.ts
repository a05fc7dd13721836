import { called } from "./calls";
import type { Argument } from "./calls";
import { TokenReader } from "./token-reader";
import type { Token } from "./tokens";
import { NOTHING, add, attribute, containing, equal, join, parent } from "./value";
import type { Value } from "./value";

/** What an expression can refer to. */
export interface Scope {
  /** Path of the file itself, for `__file__`. */
  readonly file: string;
  readonly names: ReadonlyMap<string, Value>;
  /** Whether a function of this (dotted) name returns an environment variable. */
  readsEnvironment(callee: string): boolean;
}

/** Deeper nesting than this is no settings file. */
const DEEPEST = 40;

/** Evaluates an expression as far as it can be known; never throws. */
export function evaluate(tokens: readonly Token[], scope: Scope): Value {
  return new Evaluator(tokens, scope).expression(0);
}

/** Recursive descent over the few expressions that settings use for paths, names and flags. */
class Evaluator extends TokenReader {
  constructor(
    tokens: readonly Token[],
    private readonly scope: Scope,
  ) {
    super(tokens);
  }

  expression(depth: number): Value {
    if (depth > DEEPEST) return this.giveUp();
    const value = this.alternatives(depth);
    if (!this.take("if")) return value;
    this.alternatives(depth); // the condition
    const other = this.take("else") ? this.expression(depth + 1) : NOTHING;
    // Either may hold: the text is a guess, the variable is worth knowing.
    return { ...other, ...value, variable: value.variable ?? other.variable };
  }

  private alternatives(depth: number): Value {
    let value = this.sum(depth);
    for (;;) {
      if (this.take("or")) {
        const other = this.sum(depth);
        value = { ...other, ...value, text: value.text === "" ? other.text : (value.text ?? other.text) };
      } else if (this.take("in")) value = containing(value, this.sum(depth));
      else if (this.take("and") || this.take("not") || this.take("is")) {
        this.sum(depth);
        value = { variable: value.variable };
      } else if (this.take("==")) value = equal(value, this.sum(depth));
      else if (["!=", "<", ">", "<=", ">="].some((operator) => this.take(operator))) {
        this.sum(depth);
        value = { variable: value.variable };
      } else return value;
    }
  }

  private sum(depth: number): Value {
    let value = this.product(depth);
    for (;;) {
      if (this.take("+")) value = add(value, this.product(depth));
      else if (this.take("-")) {
        // environ.Path(__file__) - 2
        const levels = this.peek()?.kind === "number" ? Number(this.peek()?.text) : Number.NaN;
        this.product(depth);
        value = parent(value, levels);
      } else return value;
    }
  }

  private product(depth: number): Value {
    let value = this.postfix(depth);
    for (;;) {
      if (this.take("/")) value = join([value, this.postfix(depth)]);
      else if (this.take("*") || this.take("%") || this.take("//") || this.take("**") || this.take("|")) {
        this.postfix(depth);
        value = NOTHING;
      } else return value;
    }
  }

  private postfix(depth: number): Value {
    let signs = 0;
    while (this.take("not") || this.take("-") || this.take("await")) signs += 1;
    const value = this.chain(depth);
    return signs === 0 ? value : { variable: value.variable };
  }

  /** A name or a literal, with all its attributes, calls and subscripts. */
  private chain(depth: number): Value {
    const token = this.peek();
    let callee = "";
    let value = NOTHING;
    if (token?.kind === "name" && !KEYWORDS.has(token.text)) {
      this.position += 1;
      callee = token.text;
      value = this.named(token.text);
    } else value = this.atom(depth);

    for (;;) {
      if (this.take(".")) {
        const name = this.peek();
        if (name?.kind !== "name") return NOTHING;
        this.position += 1;
        callee = callee === "" ? `.${name.text}` : `${callee}.${name.text}`;
        value = this.peek()?.text === "(" ? value : attribute(value, name.text);
      } else if (this.isNext("(")) {
        value = called({
          callee,
          receiver: value,
          given: this.argumentsOf(depth),
          reads: this.scope.readsEnvironment(callee),
        });
        callee = "";
      } else if (this.isNext("[")) {
        const [index] = this.argumentsOf(depth);
        value = this.subscript(callee, value, index?.value);
        callee = "";
      } else return value;
    }
  }

  private named(name: string): Value {
    if (name === "__file__") return { text: this.scope.file };
    if (name === "True" || name === "False") return { flag: name === "True" };
    return this.scope.names.get(name) ?? NOTHING;
  }

  private atom(depth: number): Value {
    const token = this.peek();
    if (token === undefined) return NOTHING;
    if (token.kind === "string") return this.strings();
    if (token.kind === "operator" && (token.text === "(" || token.text === "[")) {
      const items = this.argumentsOf(depth);
      const isTuple =
        token.text === "[" || this.tokens[this.position - 2]?.text === "," || items.length !== 1;
      return isTuple ? { items: items.map((item) => item.value) } : (items[0]?.value ?? NOTHING);
    }
    if (token.kind === "operator" && token.text === "{") {
      this.argumentsOf(depth);
      return NOTHING;
    }
    this.position += 1;
    return token.kind === "number" ? { text: token.text } : NOTHING;
  }

  /** Adjacent literals are one; names in an f-string are filled in as far as they are known. */
  private strings(): Value {
    let text = "";
    for (let token = this.peek(); token?.kind === "string"; token = this.peek()) {
      this.position += 1;
      const part = token.prefix?.includes("f") ? this.interpolated(token.text) : token.text;
      if (part === undefined) return NOTHING;
      text += part;
    }
    return { text };
  }

  private interpolated(text: string): string | undefined {
    const parts = text.split(/\{([^{}]*)\}/);
    const filled = parts.map((part, index) =>
      index % 2 === 0 ? part : this.scope.names.get(part.trim())?.text,
    );
    return filled.includes(undefined) ? undefined : filled.join("");
  }

  /** Reads "(…)", "[…]" or "{…}" from its opening bracket on. */
  private argumentsOf(depth: number): Argument[] {
    const found: Argument[] = [];
    if (depth >= DEEPEST) {
      this.giveUp();
      return found;
    }
    this.position += 1;
    while (this.position < this.tokens.length && !this.isClosing()) {
      const before = this.position;
      const keyword = this.tokens[this.position + 1]?.text === "=" ? this.peek()?.text : undefined;
      if (keyword !== undefined) this.position += 2;
      found.push({ keyword, word: this.peek()?.text, value: this.expression(depth + 1) });
      this.skipToComma();
      if (this.position === before) this.position += 1;
    }
    this.position += 1;
    return found;
  }

  private subscript(callee: string, value: Value, index: Value | undefined): Value {
    if (/(^|\.)environ$/.test(callee)) return { variable: index?.text };
    const number = Number(index?.text);
    return callee.endsWith(".parents") ? parent(value, number + 1) : (value.items?.[number] ?? NOTHING);
  }

  private giveUp(): Value {
    this.position = this.tokens.length;
    return NOTHING;
  }
}

const KEYWORDS = new Set(["not", "lambda", "if", "else", "or", "and", "in", "is", "for", "await"]);
