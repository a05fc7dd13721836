import type { Token } from "./tokens";
import { nestingOf } from "./tokens";

/** Goes through tokens from left to right. */
export class TokenReader {
  protected position = 0;

  public constructor(protected readonly tokens: readonly Token[]) {}

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

  protected words(count: number): string {
    const next = this.tokens.slice(this.position, this.position + count);
    return next.map(({ text }) => text).join(" ");
  }

  protected peek(): Token | undefined {
    return this.tokens[this.position];
  }

  protected isNext(text: string): boolean {
    const token = this.peek();
    return token?.kind === "operator" && token.text === text;
  }

  protected isClosing(): boolean {
    const token = this.peek();
    return token !== undefined && nestingOf(token) < 0;
  }

  protected take(text: string): boolean {
    const token = this.peek();
    if (token?.text !== text || token.kind === "string") return false;
    this.position += 1;
    return true;
  }
}
