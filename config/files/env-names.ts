/** What a `.env` file sets, and the first line that isn't in its grammar. Never a value. */
export interface EnvNames {
  readonly names: readonly string[];
  readonly error?: { readonly line: number; readonly reason: string };
}

/** ASCII only, as in the grammar. */
const SPACE = "[ \\t\\v\\f]";
const NAME = new RegExp(`${SPACE}*(?:export${SPACE}+)?([A-Za-z_][A-Za-z0-9_.-]*)${SPACE}*=`, "y");
const VALUE = new RegExp(`(${SPACE}*)([^\\n]*)`, "y");
const BLANK = new RegExp(`${SPACE}*(?:#[^\\n]*)?(?:\\n|$)`, "y");
const COMMENT = new RegExp(`${SPACE}+#[^]*`);

/**
 * The names in a `.env` file. The containers read it by `assets/image/python/env_file.py`: this says before
 * anything is deployed what that would say, and a test compares the two. The grammar is in docs/env-file.md.
 */
export function envNamesOf(bytes: Buffer): EnvNames {
  const text = bytes
    .toString("utf8")
    .replace(/^\ufeff/, "")
    .replace(/\r\n?/g, "\n");
  const names = new Set<string>();
  let position = 0;
  while (position < text.length) {
    const blank = matchAt(BLANK, text, position);
    if (blank) {
      position += blank[0].length;
      continue;
    }
    const binding = readBinding(text, position);
    if ("reason" in binding) {
      const line = text.slice(0, position).split("\n").length;
      return { names: [...names], error: { line, reason: binding.reason } };
    }
    names.add(binding.name);
    position = binding.end;
  }
  return { names: [...names] };
}

type Binding = { readonly name: string; readonly end: number } | { readonly reason: string };

function readBinding(text: string, start: number): Binding {
  const match = matchAt(NAME, text, start);
  const name = match?.[1];
  if (!match || name === undefined) {
    return { reason: "NAME=value (a name is letters, digits and _, and starts with no digit)" };
  }
  const from = start + match[0].length;
  const [line = "", spaces = "", value = ""] = matchAt(VALUE, text, from) ?? [];
  const quote = value[0];
  if (quote === "'" || quote === '"') return readQuoted(text, from + spaces.length, quote, name);
  return bindingOf(name, line.replace(COMMENT, ""), from + line.length + 1);
}

function readQuoted(text: string, from: number, quote: string, name: string): Binding {
  let end = from + 1;
  while (end < text.length && text[end] !== quote) end += text[end] === "\\" ? 2 : 1;
  if (end >= text.length) return { reason: `a closing ${quote} after the value of ${name}` };
  const rest = matchAt(BLANK, text, end + 1);
  if (!rest) {
    return {
      reason: `nothing after the closing ${quote} of ${name} (inside ${quote}…${quote} write ${quote} as \\${quote})`,
    };
  }
  return bindingOf(name, text.slice(from, end), end + 1 + rest[0].length);
}

function bindingOf(name: string, value: string, end: number): Binding {
  if (value.includes("\0"))
    return { reason: `a value of ${name} without NUL, which no environment can carry` };
  return { name, end };
}

function matchAt(pattern: RegExp, text: string, position: number): RegExpExecArray | null {
  pattern.lastIndex = position;
  return pattern.exec(text);
}
