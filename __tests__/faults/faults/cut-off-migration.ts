import { addMigration, added, modelsOf } from "../../e2e/support/migrations";
import type { Fault } from "../support/fault";
import type { Site } from "../support/site";
import { reasonIn } from "../support/trial";

/** What the migrations import, so that they can be killed. */
const KILL = "examples/guestbook/entries/cut_off.py";

/** Where the process that migrates is killed: at its so-many-th change of schema or rows. */
interface Cut {
  readonly title: string;
  readonly at: number;
  /** Whether MariaDB has done the statement, and its note is not there. @default false */
  readonly sent?: boolean;
  readonly short?: boolean;
}

const CUTS: readonly Cut[] = [
  { title: "between the first statement and its note", at: 1, sent: true, short: true },
  { title: "between the statement of the foreign key and its note", at: 3, sent: true },
  { title: "in RunPython, before its commit", at: 4, sent: true },
  { title: "before the statement of AlterField", at: 5 },
  { title: "between a new table and its note", at: 6, sent: true },
  { title: "before what comes at the migration's end", at: 8 },
];

/** A release is cut off inside a migration of five operations; the next one finishes it. Each statement has its test beside. */
export const cutOffMigrations: readonly Fault[] = CUTS.map(({ title, at, sent = false, short }, index) => ({
  number: 4,
  title: `kill -9 in a migration of five operations, ${title}`,
  where: ["local", "host"],
  survived: "the next release finishes it by itself; Python is done once; no request failed",
  short,
  minutes: 8,
  prepare: async (site) => {
    addFive(site, String(index + 1));
    const row = `'${before(String(index + 1))}', '', '', NOW()`;
    await site.sql(`INSERT INTO entries_entry (name, message, image, created) VALUES (${row});`);
  },
  inject: async (trial) => {
    const { site } = trial;
    const suffix = String(index + 1);
    writeKill(site, at, sent);
    const cut = await site.release();
    trial.check("the release is cut off", cut.status !== 0);
    writeKill(site, 0, sent);
    const { status, output } = await site.release();
    trial.check("the next release succeeds", status === 0, reasonIn(output));
    trial.ended();
    const [rated] = await site.sql(
      `SELECT CONCAT(MIN(rating_${suffix} = 1), ' ', MAX(rating_${suffix})) FROM entries_entry WHERE name = '${before(suffix)}';`,
    );
    trial.check("Python is done once", rated === "1 1", rated);
    const left = await site.sql("SHOW TABLES LIKE 'deployment%';");
    trial.check("no note is left", left.length === 0, left.join(", "));
    const tables = await site.sql(`SHOW TABLES LIKE 'entries_tag${suffix}%';`);
    trial.check("all tables are there", tables.length === 2, tables.join(", "));
  },
  judge: (trial, seen) => trial.checkNoneFailed(seen),
}));

/** Name of a row that is there before the migration. */
const before = (suffix: string): string => `before the migration ${suffix}`;

/** Writes a migration of five operations into the project, and its models. */
function addFive({ clone }: Site, suffix: string): void {
  const [name = "", length = ""] = /name = models\.CharField\(max_length=(\d+)\)/.exec(modelsOf(clone)) ?? [];
  const longer = `models.CharField(max_length=${Number(length) + 1})`;
  addMigration(clone, "cut_off", {
    functions: `import entries.cut_off


def rate(apps, editor):
    entries = apps.get_model("entries", "Entry").objects
    entries.update(rating_${suffix}=models.F("rating_${suffix}") + 1)`,
    operations: `
        migrations.AddField("entry", "rating_${suffix}", models.IntegerField(default=0)),
        migrations.AddField(
            "entry", "other_${suffix}",
            models.ForeignKey("entries.Entry", models.CASCADE, null=True, blank=True, related_name="+"),
        ),
        migrations.RunPython(rate, migrations.RunPython.noop),
        migrations.AlterField("entry", "name", ${longer}),
        migrations.CreateModel(
            "Tag${suffix}",
            [
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=20, db_index=True)),
                ("entries", models.ManyToManyField("entries.Entry", related_name="+")),
            ],
            options={"indexes": [models.Index(fields=["name"], name="tag_${suffix}_name")]},
        ),
    `,
    models: [
      added(`rating_${suffix} = models.IntegerField(default=0)`),
      added(
        `other_${suffix} = models.ForeignKey("self", models.CASCADE, null=True, blank=True, related_name="+")`,
      ),
      [name, `name = ${longer}`],
      ["", `\n\n${modelOf(suffix)}`],
    ],
  });
}

const modelOf = (suffix: string): string => `class Tag${suffix}(models.Model):
    name = models.CharField(max_length=20, db_index=True)
    entries = models.ManyToManyField(Entry, related_name="+")

    class Meta:
        indexes = [models.Index(fields=["name"], name="tag_${suffix}_name")]
`;

/** Has the process that migrates end itself at a change. @param at the so-many-th; 0: nowhere */
function writeKill({ clone }: Site, at: number, sent: boolean): void {
  clone.write(
    KILL,
    `import os
import signal

from django.db.backends.signals import connection_created


def end():
    os.kill(os.getpid(), signal.SIGKILL)
    # The first process of a container can't kill itself.
    os._exit(137)


def wrap(connection, **_):
    count = 0

    def execute(run, sql, params, many, context):
        nonlocal count
        counts = str(sql).split(None, 1)[0].upper() in ("ALTER", "CREATE", "UPDATE", "INSERT")
        count += counts
        here = counts and count == ${at}
        if here and not ${sent ? "True" : "False"}:
            end()
        result = run(sql, params, many, context)
        if here:
            end()
        return result

    connection.execute_wrappers.append(execute)


connection_created.connect(wrap, weak=False)
`,
  );
}
