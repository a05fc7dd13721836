import { readdirSync } from "node:fs";
import { join } from "node:path";
import type { Clone } from "./clone";

const APP = "examples/guestbook/entries";
const MODELS = `${APP}/models.py`;

/** A migration of the guestbook, and the same change of its models. */
export interface GuestbookMigration {
  /** Python, with commas between the operations. */
  readonly operations: string;
  /** Text of models.py, and what stands in its place; "" stands for its end. */
  readonly models: readonly (readonly [from: string, to: string])[];
  /** Python that stands above the migration's class. @default none */
  readonly functions?: string;
}

/**
 * Writes a migration into a clone's guestbook, after all that are there.
 *
 * @param title end of its name
 * @returns its name, for example `entries.0003_kind`
 */
export function addMigration(
  clone: Clone,
  title: string,
  { operations, models, functions = "" }: GuestbookMigration,
): string {
  const names = readdirSync(join(clone.folder, APP, "migrations")).filter((file) => /^\d.*\.py$/.test(file));
  const last = names.sort().at(-1)?.replace(/\.py$/, "") ?? "";
  const name = `${String(Number(last.slice(0, 4)) + 1).padStart(4, "0")}_${title}`;
  clone.write(
    `${APP}/migrations/${name}.py`,
    `from django.db import migrations, models
${functions === "" ? "" : `\n${functions}\n`}

class Migration(migrations.Migration):
    dependencies = [("entries", "${last}")]
    operations = [${operations}]
`,
  );
  clone.write(
    MODELS,
    models.reduce((before, [from, to]) => {
      if (!before.includes(from)) throw new Error(`models.py is without ${from}`);
      return from === "" ? before + to : before.replace(from, to);
    }, clone.read(MODELS)),
  );
  return `entries.${name}`;
}

/** Takes a migration and its change of the models out of the guestbook again. @param models text of models.py before */
export function removeMigration(clone: Clone, name: string, models: string): void {
  clone.remove(`${APP}/migrations/${name.replace("entries.", "")}.py`);
  clone.write(MODELS, models);
}

/** models.py of the guestbook as it is now. */
export function modelsOf(clone: Clone): string {
  return clone.read(MODELS);
}

/** A line inside of a model. */
export function line(text: string): string {
  return `    ${text}\n`;
}

/** The change of models.py that adds a field to `Entry`. */
export function added(field: string): readonly [string, string] {
  return ["\n    class Meta:", `${line(field)}\n    class Meta:`];
}
