/** A word of a POSIX shell that means exactly this text; plain text, and a plain option, stay as they are. */
export function shellWord(text: string): string {
  return /^([\w@%+:,./-]+|--[\w@%+:,./=-]+)$/.test(text) ? text : quote(text);
}

/** {@link shellWord} in quotes, always. */
export function quote(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
