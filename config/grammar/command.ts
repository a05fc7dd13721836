/** What a word consists of: bare characters, 'literal' and "quoted" text, and characters after a backslash. */
const BARE = String.raw`[^\0-\x20\x7f'"\\$\x60|&;<>()*?\[#~]`;
const LITERAL = String.raw`'[^'\0]*'`;
const QUOTED = String.raw`"(?:[^"\\$\x60\0]|\\[^\0])*"`;
const ESCAPED = String.raw`\\[^\0\n]`;
const WORD = `(?:${BARE}|${LITERAL}|${QUOTED}|${ESCAPED})+`;

/**
 * A command: a program and its arguments, quoted as for a shell. No shell runs it, so that it holds nothing on which a
 * shell would act: no variable, no pipe, no pattern of file names, unless in quotes. The program has a name.
 */
export const COMMAND = new RegExp(
  String.raw`^(?![ \t]*(?:''|"")+(?:[ \t]|$))[ \t]*${WORD}(?:[ \t]+${WORD})*[ \t]*$`,
);

/** The words of a {@link COMMAND}: what a POSIX shell would give to the program. */
export function wordsOf(command: string): string[] {
  return (command.match(new RegExp(WORD, "g")) ?? []).map((word) =>
    word.replace(new RegExp(`${LITERAL}|${QUOTED}|${ESCAPED}`, "g"), unquoted),
  );
}

/** A part of a word without its quotes. In double quotes a backslash keeps all that is nothing special there. */
function unquoted(part: string): string {
  if (part.startsWith("'")) return part.slice(1, -1);
  if (part.startsWith("\\")) return part.slice(1);
  return part.slice(1, -1).replace(/\\(?:\n|([$`"\\]))/g, "$1");
}
