import * as z from "zod";
import { deploymentSchema } from "../../config/schema";
import { expectationOf, keysOf, schemaAt, unwrapped } from "../../config/schema/describe";
import { ANY_NAME, type Comment } from "./comments";

/** A key of `deployment.ts` with all that is known of it. */
export interface Entry {
  /** `web.workers`, `processes.NAME.command` */
  readonly path: string;
  readonly comment: Comment;
  /** Type, unit and range. */
  readonly value: string;
}

const INTRODUCTION = `# Reference of \`deployment.ts\`

Every key, with what it may hold, what it is when you don't write it, and where a figure comes from. Only
\`project.folder\` must be there. What is wrong is reported at once, all of it, before anything is deployed.

Made from the schema in \`config/schema/\` by \`make docs\`: change it there.
`;

/** Every key below a path, sections left out. */
export function entriesOf(comments: ReadonlyMap<string, Comment>, path: readonly string[] = []): Entry[] {
  const schema = schemaAt(deploymentSchema, path) ?? deploymentSchema;
  const keys = keysOf(schema);
  if (keys.length > 0) return keys.flatMap((key) => entriesOf(comments, [...path, key]));
  const inner = unwrapped(schema);
  if (inner instanceof z.ZodRecord && keysOf(inner.valueType).length > 0)
    return entriesOf(comments, [...path, ANY_NAME]);
  const name = path.join(".");
  return [{ path: name, comment: comments.get(name) ?? { description: "" }, value: expectationOf(schema) }];
}

/** The page, as Markdown. */
export function referenceOf(comments: ReadonlyMap<string, Comment>): string {
  const entries = entriesOf(comments);
  const alone = entries.filter(({ path }) => !path.includes("."));
  const sections = [...new Set(entries.map(({ path }) => path.split(".", 1)[0] ?? ""))]
    .map((name) => ({ name, own: entries.filter(({ path }) => path.startsWith(`${name}.`)) }))
    .filter(({ own }) => own.length > 0);
  return [
    INTRODUCTION,
    tableOf(alone, ""),
    ...sections.flatMap(({ name, own }) => [
      `## \`${name}\`\n`,
      `${comments.get(name)?.description ?? ""}\n`,
      tableOf(own, `${name}.`),
    ]),
  ].join("\n");
}

function tableOf(entries: readonly Entry[], prefix: string): string {
  const rows = entries.map(({ path, comment, value }) => [
    `\`${path.slice(prefix.length)}\``,
    comment.description,
    value,
    comment.default ?? "",
    comment.source ?? "",
  ]);
  const heading = ["key", "what it is", "value", "default", "source"];
  const lines = [heading, heading.map(() => "---"), ...rows];
  return `${lines.map((cells) => `| ${cells.map(escapeCell).join(" | ")} |`).join("\n")}\n`;
}

/** A pipe would end the cell. */
function escapeCell(text: string): string {
  return text.replaceAll("|", "\\|");
}
