import { posix } from "node:path";
import type { Fault } from "./fault";

/** A migration that finds nothing wrong with the tests' empty database, and fails on the machine's. */
const MIGRATION = (app: string, before: string): string => `from django.db import migrations


def fail(apps, schema_editor):
    connection = schema_editor.connection
    if connection.vendor == "mysql" and not connection.settings_dict["NAME"].startswith("test_"):
        schema_editor.execute("ALTER TABLE rehearsal_no_such_table ADD a int")


class Migration(migrations.Migration):
    dependencies = [("${app}", "${before}")]
    operations = [migrations.RunPython(fail, migrations.RunPython.noop)]
`;

/** A migration fails. */
export const brokenMigration: Fault = {
  injected: "a migration that fails on the machine's database alone",
  noticed: false,
  inject: async (environment) => {
    const { clone } = environment.props;
    const [last] = (await clone.files())
      .filter((path) => /(^|\/)migrations\/\d[^/]*\.py$/.test(path))
      .sort()
      .slice(-1);
    if (last === undefined)
      throw new Error("no app of the project has migrations of its own: there is none to break");
    const folder = posix.dirname(last);
    const app = posix.basename(posix.dirname(folder));
    const broken = `${folder}/9999_rehearsal.py`;
    clone.write(broken, MIGRATION(app, posix.basename(last, ".py")));
    const run = await environment.push("A migration that fails");
    const end = await environment.failed(run, /a migration failed|rehearsal_no_such_table/);
    clone.remove(broken);
    return end;
  },
};

/** The image can't be built. */
export const brokenImage: Fault = {
  injected: "a requirement that no registry has",
  noticed: false,
  inject: async (environment) => {
    const { clone, deployment } = environment.props;
    const { requirements } = deployment.project;
    const text = clone.read(requirements);
    clone.write(requirements, `${text.trimEnd()}\ndjango-deployment-no-such-package==1.0\n`);
    const run = await environment.push("An image that can't be built");
    const end = await environment.failed(run, /django-deployment-no-such-package/);
    clone.write(requirements, text);
    return end;
  },
};

/** Two pushes come at once. */
export const twoPushes: Fault = {
  injected: "a second push while the first one is released",
  noticed: false,
  inject: async (environment) => {
    const first = await environment.push("The first of two pushes");
    const second = await environment.push("The second of two pushes");
    await environment.served(first);
    const [{ waited }] = await environment.served(second);
    return `both were released, the second waited ${waited.toFixed(0)} s for the first`;
  },
};
