import { shellWord } from "./shell-word";

/** Marks a variable in a text that is to become a word of Bash. */
const MARK = "\u0001";

/** The value that a variable of Bash has when the text is read, for {@link word}. */
export function variable(name: string): string {
  return `${MARK}${name}${MARK}`;
}

/** A text as one word of Bash: quoted, but for its variables. */
export function word(text: string): string {
  const parts = text.split(MARK);
  const quoted = parts.map((part, index) =>
    index % 2 === 1 ? `"$${part}"` : part === "" ? "" : shellWord(part),
  );
  return quoted.join("") || "''";
}

/** An array of Bash, a word on each line. */
export function array(name: string, texts: readonly string[]): string {
  return texts.length === 0
    ? `${name}=()\n`
    : `${name}=(\n${texts.map((text) => `  ${word(text)}\n`).join("")})\n`;
}

/** The assignment of one value. */
export function assignment(name: string, text: string): string {
  return `${name}=${word(text)}\n`;
}
