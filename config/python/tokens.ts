/** One lexical element of Python; `text` of a string is its content, without prefix and quotes. */
export interface Token {
  readonly kind: "name" | "number" | "string" | "operator";
  readonly text: string;
  /** Prefix of a string, in lower case: "", "r", "f", "b" and so on. */
  readonly prefix?: string;
  /** The line on which it begins, from 1 on. */
  readonly line: number;
}

/** Where a statement stands: executed always, perhaps (if, try, with, class), or in a function. */
export type Block = "always" | "perhaps" | "function";

/** A logical line. */
export interface Statement {
  readonly tokens: readonly Token[];
  readonly block: Block;
  /** Blanks before it: what is deeper than an `if` before it belongs to that. */
  readonly indent: number;
}

/**
 * Splits Python text into logical lines. It is no parser and never complains: what it doesn't
 * understand becomes operators of one character. Time is linear in the length of the text.
 */
export function statementsOf(text: string): Statement[] {
  const statements: Statement[] = [];
  const blocks: { indent: number; block: Block }[] = [];
  let tokens: Token[] = [];
  let depth = 0;
  let indent = 0;
  let position = 0;
  let lineStart = true;
  let line = 1;
  let nextBreak = text.indexOf("\n");

  const lineAt = (place: number): number => {
    for (; nextBreak !== -1 && nextBreak < place; nextBreak = text.indexOf("\n", nextBreak + 1)) line += 1;
    return line;
  };

  const finish = (): void => {
    if (tokens.length === 0) return;
    while ((blocks.at(-1)?.indent ?? -1) >= indent) blocks.pop();
    const block = blocks.at(-1)?.block ?? "always";
    statements.push({ tokens, block, indent });
    if (tokens.at(-1)?.text === ":") {
      const isFunction = tokens.slice(0, 2).some((token) => token.text === "def");
      blocks.push({ indent, block: isFunction || block === "function" ? "function" : "perhaps" });
    }
    tokens = [];
  };

  while (position < text.length) {
    const character = text.charAt(position);
    if (lineStart && depth === 0 && tokens.length === 0) {
      const start = position;
      while (text[position] === " " || text[position] === "\t") position += 1;
      indent = position - start;
      lineStart = false;
      continue;
    }
    if (character === "\n") {
      if (depth === 0) finish();
      lineStart = true;
      position += 1;
    } else if (character === "#") {
      position = endOfLine(text, position);
    } else if (character === "\\") {
      position += text[position + 1] === "\r" ? 3 : 2; // the line goes on
    } else if (character <= " ") {
      position += 1;
    } else if (character === ";" && depth === 0) {
      finish();
      position += 1;
    } else {
      const scanned = scan(text, position, lineAt(position));
      depth = Math.max(0, depth + nestingOf(scanned.token));
      tokens.push(scanned.token);
      position = scanned.end;
    }
  }
  finish();
  return statements;
}

/** How a token changes the depth of brackets: 1, -1 or 0. */
export function nestingOf({ kind, text }: Pick<Token, "kind" | "text">): number {
  if (kind !== "operator" || text.length !== 1) return 0;
  if ("([{".includes(text)) return 1;
  return ")]}".includes(text) ? -1 : 0;
}

interface Scanned {
  readonly token: Token;
  readonly end: number;
}

const WORD = /[A-Za-z_\u0080-\uffff][\w\u0080-\uffff]*/y;
const NUMBER = /\d[\w.]*/y;
const OPERATOR = /:=|\*\*|\/\/|[=!<>]=|->/y;
const STRING_PREFIX = /^(?:[rbfu]|rb|br|rf|fr)$/i;

function scan(text: string, position: number, line: number): Scanned {
  const word = match(WORD, text, position);
  const quote = position + (word?.length ?? 0);
  if (text[quote] === '"' || text[quote] === "'") {
    if (word === undefined || STRING_PREFIX.test(word))
      return scanString(text, quote, (word ?? "").toLowerCase(), line);
  }
  if (word !== undefined) return { token: { kind: "name", text: word, line }, end: quote };
  const number = match(NUMBER, text, position);
  if (number !== undefined)
    return { token: { kind: "number", text: number, line }, end: position + number.length };
  const operator = match(OPERATOR, text, position) ?? text.charAt(position);
  return { token: { kind: "operator", text: operator, line }, end: position + operator.length };
}

function match(pattern: RegExp, text: string, position: number): string | undefined {
  pattern.lastIndex = position;
  return pattern.exec(text)?.[0];
}

function scanString(text: string, start: number, prefix: string, line: number): Scanned {
  const quote = text.charAt(start);
  const triple = text.startsWith(quote.repeat(3), start);
  const closing = triple ? quote.repeat(3) : quote;
  let position = start + closing.length;
  const content = position;
  while (position < text.length && !text.startsWith(closing, position)) {
    if (!triple && text[position] === "\n") break; // never closed: the line ends it
    position += text[position] === "\\" ? 2 : 1;
  }
  const end = Math.min(position, text.length);
  const raw = text.slice(content, end);
  const value = prefix.includes("r") ? raw : unescape(raw);
  const closed = text.startsWith(closing, end);
  return { token: { kind: "string", text: value, prefix, line }, end: closed ? end + closing.length : end };
}

/** Paths and names hardly use escapes: the common ones are enough. */
function unescape(raw: string): string {
  if (!raw.includes("\\")) return raw;
  return raw.replace(/\\(\r?\n|[\\'"ntr])/g, (_whole, escaped: string) => {
    const meaning: Record<string, string> = { n: "\n", t: "\t", r: "\r" };
    return escaped.endsWith("\n") ? "" : (meaning[escaped] ?? escaped);
  });
}

function endOfLine(text: string, position: number): number {
  const end = text.indexOf("\n", position);
  return end === -1 ? text.length : end;
}
