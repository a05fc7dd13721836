import type { Token } from "./tokens";
import { nestingOf } from "./tokens";

/** Goes through the tokens of a Python source from left to right. */
export class TokenReader {
  protected position = 0;

  public constructor(protected readonly tokens: readonly Token[]) {}

  /** Passes over what was not understood, to the next comma of this level or the bracket that closes it. */
  protected skipToComma(): void {
    let depth = 0;
    for (let token = this.peek(); token !== undefined; token = this.peek()) {
      const nesting = nestingOf(token);
      if (depth === 0 && nesting < 0) return;
      if (depth === 0 && this.take(",")) return;
      depth += nesting;
      this.position += 1;
    }
  }

  /** The texts of the next tokens, with spaces between them. */
  protected words(count: number): string {
    const next = this.tokens.slice(this.position, this.position + count);
    return next.map(({ text }) => text).join(" ");
  }

  /** The next token; undefined at the end. */
  protected peek(): Token | undefined {
    return this.tokens[this.position];
  }

  /** Whether the next token is this operator. */
  protected isNext(text: string): boolean {
    const token = this.peek();
    return token?.kind === "operator" && token.text === text;
  }

  /** Whether the next token is a closing bracket. */
  protected isClosing(): boolean {
    const token = this.peek();
    return token !== undefined && nestingOf(token) < 0;
  }

  /** Passes over the next token when it is this operator or name. @returns whether it was */
  protected take(text: string): boolean {
    const token = this.peek();
    if (token?.text !== text || token.kind === "string") return false;
    this.position += 1;
    return true;
  }
}
