import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import * as ts from "typescript";

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

/** The constants of a file that hold an object schema. */
function objectsIn(file: string, text: string): [string, ReadonlyMap<string, Property>][] {
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true);
  return source.statements.filter(ts.isVariableStatement).flatMap(({ declarationList }) =>
    declarationList.declarations.flatMap(({ name, initializer }) => {
      const literal = initializer && objectLiteralIn(initializer);
      return literal && ts.isIdentifier(name) ? [[name.text, propertiesOf(literal)] as const] : [];
    }),
  );
}

/** The argument of `z.strictObject(…)`, whatever is called on the result. */
function objectLiteralIn(expression: ts.Expression): ts.ObjectLiteralExpression | undefined {
  if (ts.isPropertyAccessExpression(expression)) return objectLiteralIn(expression.expression);
  if (!ts.isCallExpression(expression)) return undefined;
  const [argument] = expression.arguments;
  const made = expression.expression.getText().replace(/\s/g, "") === "z.strictObject";
  return made && argument && ts.isObjectLiteralExpression(argument)
    ? argument
    : objectLiteralIn(expression.expression);
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
