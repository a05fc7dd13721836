import { isEnvironmentCall } from "./module";
import type { PythonModule } from "./module";
import { nestingOf } from "./tokens";
import type { Statement, Token } from "./tokens";

/** An environment variable that the settings read. */
export interface EnvironmentVariable {
  readonly name: string;
  /** Whether the settings can't be loaded without it, as far as the text tells. */
  readonly required: boolean;
  /** The file that reads it, below the project's folder. */
  readonly file: string;
}

/** Where a statement reads a variable: from a token on. */
export interface EnvironmentRead {
  readonly name: string;
  /** Index of the token that names it. */
  readonly at: number;
  readonly required: boolean;
}

/** The module itself and all the project's modules that it imports from, nearest first. */
export function withImports(module: PythonModule): PythonModule[] {
  const found: PythonModule[] = [];
  const visit = (next: PythonModule): void => {
    if (found.includes(next)) return;
    found.push(next);
    for (const imported of [...next.imports].reverse()) visit(imported);
  };
  visit(module);
  return found;
}

/** The variables that a settings module and what it imports read, each once, sorted by name. */
export function environmentVariablesOf(settings: PythonModule): EnvironmentVariable[] {
  const found = new Map<string, EnvironmentVariable>();
  const modules = withImports(settings);
  const declared = new Set(
    modules.flatMap((module) => module.statements.flatMap(({ tokens }) => declaredDefaults(tokens))),
  );
  for (const module of modules) {
    for (const statement of module.statements) {
      for (const read of readsOf(statement, module)) {
        const required = read.required && statement.block === "always" && !declared.has(read.name);
        const before = found.get(read.name);
        if (before === undefined || (required && !before.required)) {
          found.set(read.name, { name: read.name, required, file: module.file });
        }
      }
    }
  }
  return [...found.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** All reads of environment variables in a statement. */
export function readsOf({ tokens, block }: Statement, module: PythonModule): EnvironmentRead[] {
  const found: EnvironmentRead[] = [];
  for (const [at, token] of tokens.entries()) {
    const read = token.kind === "string" ? readAt(tokens, at, module) : databaseUrlAt(tokens, at);
    // A helper's own body reads what its callers name.
    if (read !== undefined && isVariableName(read.name))
      found.push({ ...read, required: read.required && block === "always" });
  }
  return found;
}

/** `os.environ["X"]`, `os.getenv("X")`, `env.bool("X")`, `config("X")`, `"X" in os.environ`, an own helper's `required("X")`. */
function readAt(tokens: readonly Token[], at: number, module: PythonModule): EnvironmentRead | undefined {
  const name = tokens[at]?.text ?? "";
  const next = tokens
    .slice(at + 1, at + 6)
    .map((token) => token.text)
    .join(" ");
  if (/^(not )?in (os \. )?environ/.test(next)) return { name, at, required: false };
  const callee = calleeBefore(tokens, at - 1);
  const opening = tokens[at - 1]?.text;
  if (opening === "[" && /(^|\.)environ$/.test(callee) && tokens[at + 1]?.text === "]") {
    return assigns(tokens, at + 2) ? undefined : { name, at, required: true };
  }
  if (opening !== "(") return undefined;
  if (isEnvironmentCall(callee)) return { name, at, required: isRequired(tokens, at, callee) };
  const reader = module.readers.get(callee);
  return reader === undefined ? undefined : { name, at, required: reader.raises && !hasDefault(tokens, at) };
}

/** `dj_database_url.config()`, `env.db()` and `env.db_url()` read DATABASE_URL unless told otherwise. */
function databaseUrlAt(tokens: readonly Token[], at: number): EnvironmentRead | undefined {
  if (tokens[at]?.text !== "(") return undefined;
  const callee = calleeBefore(tokens, at);
  if (!/^dj_database_url\.config$|^env(iron)?\.(db|db_url)$/.test(callee)) return undefined;
  const first = tokens[at + 1]?.kind === "string" ? tokens[at + 1]?.text : undefined;
  const name = first ?? keywordString(tokens, at, "env") ?? "DATABASE_URL";
  return {
    name,
    at,
    required: callee !== "dj_database_url.config" && !hasDefault(tokens, at + (first === undefined ? 0 : 1)),
  };
}

/** The dotted name that ends before a token. */
function calleeBefore(tokens: readonly Token[], end: number): string {
  if (tokens[end - 1]?.kind !== "name") return "";
  let start = end - 1;
  while (tokens[start - 1]?.text === "." && tokens[start - 2]?.kind === "name") start -= 2;
  return tokens
    .slice(start, end)
    .map((token) => token.text)
    .join("");
}

function isRequired(tokens: readonly Token[], at: number, callee: string): boolean {
  if (hasDefault(tokens, at)) return false;
  const returnsNone = /getenv$|environ\.get$/.test(callee);
  // os.environ.get("X").split(",") fails on None just the same.
  return !returnsNone || (tokens[at + 1]?.text === ")" && tokens[at + 2]?.text === ".");
}

/** Whether the call that a token stands in has a second positional argument or `default=`. */
function hasDefault(tokens: readonly Token[], at: number): boolean {
  let depth = 0;
  for (const [offset, token] of tokens.slice(at + 1).entries()) {
    depth += nestingOf(token);
    if (depth < 0) return false;
    if (depth > 0 || token.kind === "string") continue;
    const [next, equals] = tokens.slice(at + 2 + offset);
    if (token.text === "default" && next?.text === "=") return true;
    if (token.text === "," && next !== undefined && next.text !== ")" && equals?.text !== "=") return true;
  }
  return false;
}

function keywordString(tokens: readonly Token[], at: number, keyword: string): string | undefined {
  const index = tokens.findIndex(
    (token, position) => position > at && token.text === keyword && tokens[position + 1]?.text === "=",
  );
  return index === -1 || tokens[index + 2]?.kind !== "string" ? undefined : tokens[index + 2]?.text;
}

/** Names with a default in `environ.Env(DEBUG=(bool, False))`. */
function declaredDefaults(tokens: readonly Token[]): string[] {
  const start = tokens.findIndex(
    (token, index) => /^(Env|FileAwareEnv)$/.test(token.text) && tokens[index + 1]?.text === "(",
  );
  if (start === -1) return [];
  return tokens
    .slice(start)
    .filter(
      (token, index, rest) =>
        token.kind === "name" && rest[index + 1]?.text === "=" && rest[index + 2]?.text === "(",
    )
    .map((token) => token.text);
}

/** `os.environ["X"] = …` sets and does not read. */
function assigns(tokens: readonly Token[], at: number): boolean {
  const token = tokens[at];
  return token?.kind === "operator" && token.text === "=";
}

function isVariableName(name: string): boolean {
  return /^[A-Za-z_][A-Za-z0-9_]*$/.test(name);
}
