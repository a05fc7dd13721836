import { join } from "node:path";
import * as z from "zod";
import { deploymentSchema } from "../../config/schema";
import { schemaAt, unwrapped } from "../../config/schema/describe";
import { commentsOf } from "../../docs/generator/comments";
import { entriesOf, referenceOf } from "../../docs/generator/reference";
import { folderWith } from "../support/synthesis";
import { ROOT } from "../support/guestbook";

const comments = commentsOf(join(ROOT, "config", "schema"));
const entries = entriesOf(comments).map((entry) => ({ ...entry, schema: schemaOf(entry.path) }));

function schemaOf(path: string): z.core.$ZodType {
  const schema = schemaAt(deploymentSchema, path.split("."));
  if (!schema) throw new Error(`the schema has no ${path}`);
  return schema;
}

/** The default that the schema itself puts in; undefined when it depends on the project or is nothing. */
function fixedDefault(schema: z.core.$ZodType): unknown {
  const value: unknown = schema instanceof z.ZodDefault ? schema.def.defaultValue : undefined;
  return value !== null && typeof value === "object" && Object.keys(value).length === 0 ? undefined : value;
}

it("finds every key", () => {
  expect(entries.length).toBeGreaterThan(35);
  expect(entries.map(({ path }) => path)).toEqual(
    expect.arrayContaining([
      "name",
      "project.folder",
      "project.media.url",
      "web.soak",
      "processes.NAME.command",
      "local.dockerHost",
    ]),
  );
});

it.each(entries)("$path has a doc comment that is a sentence, and says its default", ({ comment }) => {
  expect(comment.description).toMatch(/^[A-Za-z`].{10,}\.( .*\.)?$/);
  expect(comment.default).toMatch(/\S/);
});

it.each(entries.filter(({ schema }) => fixedDefault(schema) !== undefined))(
  "$path documents the default that it has, and where it comes from",
  ({ comment, schema }) => {
    const values = [fixedDefault(schema)].flat();
    values.forEach((value) =>
      expect(comment.default).toContain(typeof value === "string" ? `\`${value}\`` : String(value)),
    );
    expect(comment.source).toMatch(/\S/);
  },
);

it.each(entries.filter(({ schema }) => unwrapped(schema) instanceof z.ZodNumber))(
  "$path says its unit and its range",
  ({ schema, value }) => {
    const { minValue, maxValue } = unwrapped(schema) as z.ZodNumber;
    expect(value).toMatch(/^a (whole number of [a-zA-Z ]+|port) from \d+ to \d+$/);
    expect(value).toContain(`from ${minValue ?? "?"} to ${maxValue ?? "?"}`);
  },
);

it("lists sections one after the other, each key once, and lets no text end a cell", () => {
  const page = referenceOf(comments);
  expect(page.match(/^## .*$/gm)).toEqual(
    ["project", "database", "web", "processes", "jobs", "proxy", "release", "local", "host", "github"].map(
      (section) => `## \`${section}\``,
    ),
  );
  const rows = page.split("\n").filter((line) => line.startsWith("| `"));
  expect(rows).toHaveLength(entries.length);
  rows.forEach((row) => expect(row.match(/(?<!\\)\|/g)).toHaveLength(6));
});

it("reads comments of nested constants, whatever is called on them", () => {
  const folder = folderWith({
    "a.ts": `export const rootSchema = z.strictObject({
      /** Above. */
      below: belowSchema.prefault({}),
      plain: z.string(),
      named: namedSchema.default({}),
    }).register(x, {});
    const namedSchema = z.record(name, belowSchema).register(x, {});`,
    "b.ts": `export const belowSchema = z
      .strictObject({
        /**
         * In two
         * lines.
         *
         * @default 3
         * @source a
         * book
         */
        key: whole(1, 2, "x").default(3),
      })
      .register(x, { y: 1 });`,
  });
  expect([...commentsOf(folder, "rootSchema")]).toEqual([
    ["below", { description: "Above." }],
    ["below.key", { description: "In two lines.", default: "3", source: "a book" }],
    ["plain", { description: "" }],
    ["named", { description: "" }],
    ["named.NAME", { description: "" }],
    ["named.NAME.key", { description: "In two lines.", default: "3", source: "a book" }],
  ]);
});
