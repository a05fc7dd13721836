import { LONG } from "./counts";
import { type GuestbookMigration, added, line } from "./migrations";

/** A migration under load, and what a host says of it. */
export interface MigrationKind extends GuestbookMigration {
  readonly what: string;
  /** What a refusal says of it. @default it fits the release before */
  readonly refused?: string;
}

/** Columns and a table that no page needs, so that each page works when one of them is gone. */
export const PREPARED: GuestbookMigration = {
  operations: [
    ...["note", "spare", "gone", "renamed"].map(
      (name) => `migrations.AddField("entry", "${name}", models.CharField(max_length=40, default=""))`,
    ),
    'migrations.AddField("entry", "rank", models.IntegerField(default=0))',
    'migrations.AddField("entry", "mood", models.TextField(null=True))',
    'migrations.CreateModel("Extra", [("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"))])',
  ].join(", "),
  models: [
    ...["note", "spare", "gone", "renamed"].map((name) =>
      added(`${name} = models.CharField(max_length=40, default="")`),
    ),
    added("rank = models.IntegerField(default=0)"),
    added("mood = models.TextField(null=True)"),
    ["", "\n\nclass Extra(models.Model):\n    pass\n"],
  ],
};

const FITTING: readonly MigrationKind[] = [
  {
    what: "a column that must have a value",
    operations: 'migrations.AddField("entry", "mark", models.IntegerField(default=1))',
    models: [added("mark = models.IntegerField(default=1)")],
  },
  {
    what: "a column that the models forget",
    operations: `migrations.SeparateDatabaseAndState(
      state_operations=[migrations.RemoveField("entry", "spare")],
      database_operations=[migrations.AlterField("entry", "spare", models.CharField(max_length=40, null=True))])`,
    models: [[line('spare = models.CharField(max_length=40, default="")'), ""]],
  },
  {
    what: "a table that refers to the one of the POSTs",
    operations: `migrations.CreateModel("Reply", [
      ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
      ("entry", models.ForeignKey("entries.Entry", null=True, on_delete=models.CASCADE))])`,
    models: [
      [
        "",
        "\n\nclass Reply(models.Model):\n    entry = models.ForeignKey(Entry, null=True, on_delete=models.CASCADE)\n",
      ],
    ],
  },
  {
    what: "a column that may be empty",
    operations: 'migrations.AddField("entry", "hint", models.TextField(null=True))',
    models: [added("hint = models.TextField(null=True)")],
  },
  {
    what: "a longer text and a larger number",
    operations: `migrations.AlterField("entry", "note", models.CharField(max_length=80, default="")),
      migrations.AlterField("entry", "rank", models.BigIntegerField(default=0))`,
    models: [
      [
        'note = models.CharField(max_length=40, default="")',
        'note = models.CharField(max_length=80, default="")',
      ],
      ["rank = models.IntegerField(default=0)", "rank = models.BigIntegerField(default=0)"],
    ],
  },
  {
    what: "an index",
    operations: 'migrations.AddIndex("entry", models.Index(fields=["name"], name="entries_name"))',
    models: [
      [
        "ordering = [",
        'indexes = [models.Index(fields=["name"], name="entries_name")]\n        ordering = [',
      ],
    ],
  },
];

const UNFIT: readonly MigrationKind[] = [
  {
    what: "a column that is gone",
    operations: 'migrations.RemoveField("entry", "gone")',
    models: [[line('gone = models.CharField(max_length=40, default="")'), ""]],
    refused: "entries_entry.gone: the column is gone",
  },
  {
    what: "a column with another name",
    operations: 'migrations.RenameField("entry", "renamed", "title")',
    models: [["    renamed = ", "    title = "]],
    refused: "entries_entry.renamed: the column is called title",
  },
  {
    what: "a shorter text",
    operations: 'migrations.AlterField("entry", "name", models.CharField(max_length=70))',
    models: [["name = models.CharField(max_length=80)", "name = models.CharField(max_length=70)"]],
    refused: "entries_entry.name: the type is no longer varchar(80) but varchar(70)",
  },
  {
    what: "rows that differ",
    operations: 'migrations.AlterUniqueTogether("entry", {("name", "created")})',
    models: [["ordering = [", 'unique_together = [("name", "created")]\n        ordering = [']],
    refused: "entries_entry.created, name: no two rows may have the same value",
  },
  {
    what: "a table that is gone",
    operations: 'migrations.DeleteModel("Extra")',
    models: [["\n\nclass Extra(models.Model):\n    pass\n", ""]],
    refused: "entries_extra: the table is gone",
  },
  {
    what: "SQL that removes a column",
    operations: `migrations.SeparateDatabaseAndState(
      state_operations=[migrations.RemoveField("entry", "mood")],
      database_operations=[migrations.RunSQL("ALTER TABLE entries_entry DROP COLUMN mood")])`,
    models: [[line("mood = models.TextField(null=True)"), ""]],
    refused: "entries_entry.mood: SQL removes the column",
  },
];

/** All of them in `make test-long`, else some. */
export const FITTING_KINDS = LONG ? FITTING : FITTING.slice(0, 2);
export const UNFIT_KINDS = LONG ? UNFIT : UNFIT.slice(0, 1);
