import * as z from "zod";
import { nearest } from "../nearest";
import { exampleOf, unwrapped } from "../schema/describe";

/**
 * A value that the schema accepts, as near as possible to the one that it refused; else its example. Undefined
 * when the schema has none.
 */
export function suggestion(schema: z.core.$ZodType, refused: unknown): unknown {
  return [...repairs(schema, refused)].find((repaired) => accepts(schema, repaired)) ?? exampleOf(schema);
}

/** What its writer may have meant: the same in another type, another spelling, or the nearest end of the range. */
function* repairs(schema: z.core.$ZodType, refused: unknown): Generator {
  const inner = unwrapped(schema);
  if (typeof refused === "number") {
    yield String(refused);
    yield Math.round(refused);
    if (inner instanceof z.ZodNumber) {
      yield Math.max(inner.minValue ?? refused, Math.min(inner.maxValue ?? refused, refused));
    }
  }
  if (typeof refused === "boolean") yield String(refused);
  if (typeof refused !== "string" || refused.length > 200) return;
  const trimmed = refused.trim();
  if (inner instanceof z.ZodEnum) yield nearest(trimmed, inner.options.map(String));
  if (inner instanceof z.ZodArray) yield [refused];
  if (/^\d+$/.test(trimmed)) yield Number(trimmed);
  if (/^(true|false)$/i.test(trimmed)) yield trimmed.toLowerCase() === "true";
  if (trimmed === "") return;
  yield trimmed;
  // Of lines of a shell one.
  const line = trimmed.replace(/\s*[\r\n]+\s*/g, " && ");
  yield line;
  // Of a line for a shell the command that is one.
  if (/\s/.test(line) && /[|&;<>$`*?~#]/.test(line) && !line.includes("'")) yield `sh -c '${line}'`;
  // Of "mysite/settings.py" the module.
  if (trimmed.endsWith(".py")) yield trimmed.slice(0, -3).replaceAll("/", ".");
  // Of "https://github.com/octocat/mysite.git" or "git@github.com:octocat/mysite" the repository.
  yield trimmed.replace(/^.*github\.com[/:]/, "").replace(/(\.git)?\/*$/, "");
  // Of "https://example.org:8000/" the host name.
  if (!trimmed.startsWith("/")) yield trimmed.replace(/^\w+:\/\//, "").replace(/[:/].*$/, "");
  yield `/${trimmed}`;
  // Of "my-site" the identifier, of "My Site" the name.
  if (!/^\w[^/\\]*$/.test(trimmed)) return;
  yield trimmed.replace(/\W+/g, "_");
  yield trimmed
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^[^a-z]+|-+$/g, "");
}

function accepts(schema: z.core.$ZodType, value: unknown): boolean {
  return value !== undefined && z.safeParse(schema, value).success;
}
