import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import * as ts from "typescript";

/** Stands in a path for the names that a user gives: `processes.NAME.command`. */
export const ANY_NAME = "NAME";

/** What a doc comment of the schema says. */
export interface Comment {
  readonly description: string;
  /** `@default`. */
  readonly default?: string;
  /** `@source`: where a figure comes from. */
  readonly source?: string;
}

/** A key in the schema's source. */
interface Property {
  readonly comment: Comment;
  /** Name of the constant that describes what is below it, when it is one. */
  readonly below: string;
}

/** Of a name that a user gives nothing is said. */
const NONE: Comment = { description: "" };

type Objects = ReadonlyMap<string, ReadonlyMap<string, Property>>;

/**
 * Doc comments of every key of `deployment.ts`, by its path (`web.workers`), read from the schema's source.
 *
 * @param folder of the schema's files
 * @param root the constant that describes the whole
 */
export function commentsOf(folder: string, root = "deploymentSchema"): Map<string, Comment> {
  const objects: Objects = new Map(
    readdirSync(folder).flatMap((file) => objectsIn(file, readFileSync(join(folder, file), "utf8"))),
  );
  const comments = new Map<string, Comment>();
  const read = (name: string, prefix: string): void => {
    for (const [key, { comment, below }] of objects.get(name) ?? []) {
      comments.set(prefix + key, comment);
      read(below, `${prefix}${key}.`);
    }
  };
  read(root, "");
  return comments;
}

/** The constants of a file that hold an object schema, or a record of such. */
function objectsIn(file: string, text: string): [string, ReadonlyMap<string, Property>][] {
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true);
  return source.statements.filter(ts.isVariableStatement).flatMap(({ declarationList }) =>
    declarationList.declarations.flatMap(({ name, initializer }) => {
      const literal = initializer && argumentOf(initializer, "z.strictObject", 0);
      const value = initializer && argumentOf(initializer, "z.record", 1);
      if (!ts.isIdentifier(name)) return [];
      if (value) return [[name.text, new Map([[ANY_NAME, { comment: NONE, below: value.getText() }]])]];
      return literal && ts.isObjectLiteralExpression(literal)
        ? [[name.text, propertiesOf(literal)] as const]
        : [];
    }),
  );
}

/** An argument of `z.strictObject(…)` or `z.record(…)`, whatever is called on the result. */
function argumentOf(expression: ts.Expression, maker: string, index: number): ts.Expression | undefined {
  if (ts.isPropertyAccessExpression(expression)) return argumentOf(expression.expression, maker, index);
  if (!ts.isCallExpression(expression)) return undefined;
  const made = expression.expression.getText().replace(/\s/g, "") === maker;
  return made ? expression.arguments[index] : argumentOf(expression.expression, maker, index);
}

function propertiesOf(literal: ts.ObjectLiteralExpression): Map<string, Property> {
  return new Map(
    literal.properties
      .filter(ts.isPropertyAssignment)
      .map((property) => [
        property.name.getText(),
        { comment: commentOf(property), below: leftmost(property.initializer) },
      ]),
  );
}

/** Of `staticSchema.default({})` the name `staticSchema`. */
function leftmost(expression: ts.Expression): string {
  if (ts.isCallExpression(expression) || ts.isPropertyAccessExpression(expression)) {
    return leftmost(expression.expression);
  }
  return expression.getText();
}

function commentOf(node: ts.Node): Comment {
  const parts = ts.getJSDocCommentsAndTags(node);
  const block = parts.find(ts.isJSDoc);
  const tag = (name: string): string | undefined => {
    const found = block?.tags?.find(({ tagName }) => tagName.text === name);
    return found && lineOf(found.comment);
  };
  return { description: lineOf(block?.comment), default: tag("default"), source: tag("source") };
}

/** A comment as one line. */
function lineOf(comment: string | ts.NodeArray<ts.JSDocComment> | undefined): string {
  return (ts.getTextOfJSDocComment(comment) ?? "").replace(/\s+/g, " ").trim();
}
