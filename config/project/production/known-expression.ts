import { TokenReader } from "../../python/token-reader";
import type { Token } from "../../python/tokens";
import type { Known } from "./known";
import { ENVIRON, UNKNOWN, common, contains, equals, isList, truth } from "./known";
import type { KnownArgument, KnownCall, KnownReaders } from "./known-calls";
import { elementOf, valueOfCall, variableRead } from "./known-calls";

/** A value, and what it depends on. */
export interface Traced {
  readonly value: Known;
  /** Environment variables that were read on the way to it. */
  readonly reads: ReadonlySet<string>;
  /** Texts that stand in the expressions: a variable may be compared with one of them. */
  readonly texts: ReadonlySet<string>;
}

/** What an expression refers to. */
export interface KnownScope extends KnownReaders {
  readonly names: ReadonlyMap<string, Traced>;
}

/** Deeper nesting than this is no settings file. */
const DEEPEST = 40;

/** Longer texts are no words for a variable. [letters] */
const LONGEST_WORD = 30;

/** Evaluates an expression exactly, or not at all; never throws. */
export function trace(tokens: readonly Token[], scope: KnownScope): Traced {
  const expression = new Expression(tokens, scope);
  const value = expression.whole();
  return { value, reads: expression.reads, texts: expression.texts };
}

/** Recursive descent over Python's expressions; what it doesn't understand is unknown as a whole. */
class Expression extends TokenReader {
  public readonly reads = new Set<string>();
  public readonly texts = new Set<string>();
  private depth = 0;

  public constructor(
    tokens: readonly Token[],
    private readonly scope: KnownScope,
  ) {
    super(tokens);
  }

  public whole(): Known {
    const value = this.conditional();
    return this.position === this.tokens.length ? value : this.rest();
  }

  /** What is not understood may still read variables. */
  private rest(): Known {
    for (; this.position < this.tokens.length; this.position += 1) {
      const token = this.tokens[this.position];
      if (token?.kind === "string" && /^[A-Z][A-Z0-9_]+$/.test(token.text)) this.reads.add(token.text);
    }
    return UNKNOWN;
  }

  private conditional(): Known {
    this.depth += 1;
    if (this.depth > DEEPEST) return this.rest();
    const value = this.either();
    let result = value;
    if (this.take("if")) {
      const condition = truth(this.either());
      const other = this.take("else") ? this.conditional() : UNKNOWN;
      result = condition === UNKNOWN ? common(value, other) : condition ? value : other;
    }
    this.depth -= 1;
    return result;
  }

  private either(): Known {
    let value = this.both();
    while (this.take("or")) {
      const other = this.both();
      const known = truth(value);
      if (known === UNKNOWN) value = truth(other) === true ? true : UNKNOWN;
      else if (!known) value = other;
    }
    return value;
  }

  private both(): Known {
    let value = this.negation();
    while (this.take("and")) {
      const other = this.negation();
      const known = truth(value);
      if (known === UNKNOWN) value = truth(other) === false ? false : UNKNOWN;
      else if (known) value = other;
    }
    return value;
  }

  private negation(): Known {
    if (!this.take("not")) return this.comparison();
    const value = truth(this.negation());
    return value === UNKNOWN ? UNKNOWN : !value;
  }

  private comparison(): Known {
    let left = this.sum();
    for (;;) {
      if (this.take("==")) left = equals(left, this.sum());
      else if (this.take("!=")) left = opposite(equals(left, this.sum()));
      else if (this.take("is"))
        left = this.take("not") ? opposite(equals(left, this.sum())) : equals(left, this.sum());
      else if (this.take("in")) left = contains(left, this.sum(), this.scope.environment);
      else if (this.peek()?.text === "not" && this.tokens[this.position + 1]?.text === "in") {
        this.position += 2;
        left = opposite(contains(left, this.sum(), this.scope.environment));
      } else if (["<", ">", "<=", ">="].some((operator) => this.take(operator))) {
        this.sum();
        left = UNKNOWN;
      } else return left;
    }
  }

  private sum(): Known {
    let value = this.operand();
    for (;;) {
      if (this.take("+")) {
        const other = this.operand();
        if (typeof value === "string" && typeof other === "string") value = value + other;
        else value = isList(value) && isList(other) ? [...value, ...other] : UNKNOWN;
      } else if (["-", "*", "/", "//", "%", "**", "|", "&"].some((operator) => this.take(operator))) {
        this.operand();
        value = UNKNOWN;
      } else return value;
    }
  }

  private operand(): Known {
    if (this.take("-")) {
      const value = this.operand();
      return typeof value === "number" ? -value : UNKNOWN;
    }
    let callee = "";
    let value: Known;
    const token = this.peek();
    if (token?.kind === "name") {
      this.position += 1;
      callee = token.text;
      value = this.named(callee);
    } else value = this.literal();
    for (;;) {
      if (this.take(".")) {
        const name = this.peek();
        if (name?.kind !== "name") return UNKNOWN;
        this.position += 1;
        callee = `${callee}.${name.text}`;
        if (!this.isNext("(")) value = callee === "os.environ" ? ENVIRON : UNKNOWN;
      } else if (this.isNext("(")) {
        const call: KnownCall = { callee, receiver: value, given: this.list() };
        const variable = variableRead(call, this.scope);
        if (variable !== undefined) this.reads.add(variable);
        value = valueOfCall(call, this.scope);
        callee = "";
      } else if (this.isNext("[")) {
        const [index] = this.list();
        if (value === ENVIRON && typeof index?.value === "string") this.reads.add(index.value);
        value = elementOf(value, index?.value ?? UNKNOWN, this.scope);
        callee = "";
      } else return value;
    }
  }

  private named(name: string): Known {
    if (name === "True" || name === "False") return name === "True";
    if (name === "None") return null;
    const known = this.scope.names.get(name);
    if (known === undefined) return name === "environ" ? ENVIRON : UNKNOWN;
    for (const variable of known.reads) this.reads.add(variable);
    for (const text of known.texts) this.texts.add(text);
    return known.value;
  }

  private literal(): Known {
    const token = this.peek();
    if (token === undefined) return UNKNOWN;
    if (token.kind === "string") return this.strings();
    if (["(", "[", "{"].includes(token.text)) {
      const items = this.list();
      if (token.text === "{" && items.some(({ keyword }) => keyword === ":")) return UNKNOWN;
      const tuple = token.text !== "(" || items.length !== 1 || this.tokens[this.position - 2]?.text === ",";
      return tuple ? items.map(({ value }) => value) : (items[0]?.value ?? UNKNOWN);
    }
    this.position += 1;
    return token.kind === "number" && Number.isFinite(Number(token.text)) ? Number(token.text) : UNKNOWN;
  }

  /** Adjacent literals are one. */
  private strings(): Known {
    let text = "";
    let known = true;
    for (let token = this.peek(); token?.kind === "string"; token = this.peek()) {
      this.position += 1;
      known &&= token.prefix?.includes("f") !== true;
      text += token.text;
    }
    if (text.length <= LONGEST_WORD) this.texts.add(text);
    // `"X" in os.environ` reads it.
    if (/^(not in|in) (os \. )?environ/.test(this.words(5))) this.reads.add(text);
    return known ? text : UNKNOWN;
  }

  /** Reads "(…)", "[…]" or "{…}" from its opening bracket on. */
  private list(): KnownArgument[] {
    const found: KnownArgument[] = [];
    this.position += 1;
    while (this.position < this.tokens.length && !this.isClosing()) {
      const before = this.position;
      const named = this.tokens[this.position + 1]?.text === "=";
      const keyword = named ? this.peek()?.text : undefined;
      if (named) this.position += 2;
      const word = this.peek()?.text;
      const value = this.conditional();
      const whole = this.isClosing() || this.isNext(",");
      found.push({
        keyword: keyword ?? (this.isNext(":") ? ":" : undefined),
        word,
        value: whole ? value : UNKNOWN,
      });
      this.skipToComma();
      if (this.position === before) this.position += 1;
    }
    this.position += 1;
    return found;
  }
}

function opposite(value: boolean | typeof UNKNOWN): boolean | typeof UNKNOWN {
  return value === UNKNOWN ? UNKNOWN : !value;
}
