import { spawnSync } from "node:child_process";
import { join, resolve } from "node:path";
import { pythonPackages } from "../support/python-packages";

jest.setTimeout(300_000);

const PYTHON = resolve(__dirname, "../../assets/image/python");

/** The tables that the older code uses. */
const OLD = `[
  migrations.CreateModel("Tag", [("id", models.AutoField(primary_key=True)), ("name", models.CharField(max_length=20))]),
  migrations.CreateModel("Entry", [
    ("id", models.AutoField(primary_key=True)),
    ("name", models.CharField(max_length=80)),
    ("text", models.TextField(null=True)),
    ("number", models.IntegerField(default=0)),
    ("price", models.DecimalField(max_digits=5, decimal_places=2, default=0)),
    ("state", models.CharField(max_length=9, db_default="new")),
    ("tag", models.ForeignKey("shop.Tag", on_delete=models.CASCADE)),
    ("tags", models.ManyToManyField("shop.Tag", related_name="+")),
  ]),
  migrations.CreateModel("Old", [("id", models.AutoField(primary_key=True))], options={"managed": False, "db_table": "old"}),
]`;

const separate = (models: string, database: string): string =>
  `migrations.SeparateDatabaseAndState(state_operations=[${models}], database_operations=[${database}])`;
const alter = (name: string, field: string): string =>
  `migrations.AlterField("entry", "${name}", models.${field})`;
const add = (field: string): string => `migrations.AddField("entry", "new", models.${field})`;
const constraint = (text: string): string => `migrations.AddConstraint("entry", models.${text})`;
const sql = (text: string): string => `migrations.RunSQL(${JSON.stringify(text)})`;

const FITS: readonly (readonly [what: string, operations: string])[] = [
  ["nothing", ""],
  ["a model", 'migrations.CreateModel("Note", [("id", models.AutoField(primary_key=True))])'],
  [
    "whatever becomes of a table that it does not have",
    `migrations.CreateModel("Note", [("id", models.AutoField(primary_key=True)), ("a", models.IntegerField())]),
     migrations.AlterField("note", "a", models.CharField(max_length=3, unique=True)), migrations.RenameField("note", "a", "b"),
     migrations.RemoveField("note", "b"), migrations.AlterModelTable("note", "notes"), migrations.RenameModel("Note", "Text"),
     migrations.DeleteModel("Text")`,
  ],
  [
    "a column that is added and removed",
    `${add("IntegerField(null=True)")}, migrations.RemoveField("entry", "new")`,
  ],
  ["a field that may be null", add("TextField(null=True)")],
  ["a field with a default of Django's, which stays in the database", add("IntegerField(default=0)")],
  ["a text that may be empty, which has that default", add("CharField(max_length=9, blank=True)")],
  ["a field with a default of the database's", add('TextField(db_default="")')],
  [
    "a field that the database works out",
    add('GeneratedField(expression=F("number") + 1, output_field=models.IntegerField(), db_persist=True)'),
  ],
  [
    "one to one that may be null",
    add('OneToOneField("shop.Tag", null=True, on_delete=models.CASCADE, related_name="+")'),
  ],
  ["many to many", add('ManyToManyField("shop.Tag", related_name="+")')],
  ["an index", 'migrations.AddIndex("entry", models.Index(fields=["name"], name="by_name"))'],
  ["an order of rows", 'migrations.AlterOrderWithRespectTo("entry", "tag")'],
  ["options of the models alone", 'migrations.AlterModelOptions("entry", {"ordering": ["name"]})'],
  ["a longer text", alter("name", "CharField(max_length=81)")],
  ["a text without a limit", alter("name", "TextField()")],
  ["a larger number", alter("number", "BigIntegerField(default=0)")],
  ["a decimal with more digits", alter("price", "DecimalField(max_digits=7, decimal_places=3, default=0)")],
  [
    "a larger key, and all that refer to it",
    'migrations.AlterField("tag", "id", models.BigAutoField(primary_key=True))',
  ],
  ["a column that may be empty from now on", alter("name", "CharField(max_length=80, null=True)")],
  [
    "no foreign key any more",
    alter("tag", 'ForeignKey("shop.Tag", on_delete=models.CASCADE, db_constraint=False)'),
  ],
  [
    "another name of a field, whose column keeps its own",
    `${alter("name", 'CharField(max_length=80, db_column="name")')}, migrations.RenameField("entry", "name", "title")`,
  ],
  ["a table that keeps its name", 'migrations.AlterModelTable("entry", "shop_entry")'],
  [
    "a rule that MariaDB does not have",
    constraint('UniqueConstraint(fields=["name"], condition=Q(number=1), name="u")'),
  ],
  [
    "a rule on a column that rows of the older code leave empty",
    `${add("IntegerField(null=True)")}, ${constraint('UniqueConstraint(fields=["name", "new"], name="u")')},
     ${constraint('CheckConstraint(condition=Q(new__gt=0), name="c")')}`,
  ],
  ["somebody else's table", 'migrations.DeleteModel("Old")'],
  ["what the database never sees", separate('migrations.DeleteModel("Entry")', "")],
  [
    "a field that the models forget, and a column that may be empty",
    separate('migrations.RemoveField("entry", "name")', alter("name", "CharField(max_length=80, null=True)")),
  ],
  [
    "SQL on a table of its own",
    sql("CREATE TABLE IF NOT EXISTS z (a int); CREATE UNIQUE INDEX u ON z (a); DROP TABLE z"),
  ],
  [
    "SQL in a comment",
    sql("-- ALTER TABLE shop_entry DROP name\nSELECT 1 /* DROP TABLE shop_entry; */ # DROP TABLE shop_tag"),
  ],
  ["SQL in a text", sql("SET @a = 'x; DROP TABLE shop_entry'")],
  [
    "SQL that removes a column that it does not know",
    sql("ALTER TABLE shop_entry DROP COLUMN `other`, DROP INDEX i"),
  ],
  [
    "SQL that adds what may be empty",
    sql(
      "ALTER TABLE shop_entry ADD COLUMN (a int, b int NOT NULL DEFAULT 1), ADD INDEX (a), ALGORITHM=INPLACE",
    ),
  ],
];

const IN_THE_WAY: readonly (readonly [what: string, operations: string, why: string])[] = [
  ["a field that must have a value", add("IntegerField()"), "shop_entry.new: neither null nor a default"],
  [
    "a field of which each row has its own",
    add('CharField(max_length=9, default="", unique=True)'),
    "shop_entry.new: no two rows",
  ],
  [
    "a field that must have a value later in the migration",
    `${add("IntegerField(null=True)")}, migrations.RunPython(print), ${alter("new", "IntegerField(default=1)")}`,
    "shop_entry.new: neither null nor a default",
  ],
  [
    "a new field whose default goes when it is changed",
    `${add('CharField(max_length=9, default="")')}, ${alter("new", 'CharField(max_length=10, default="")')}`,
    "shop_entry.new: neither null nor a default",
  ],
  ["a field that is gone", 'migrations.RemoveField("entry", "name")', "shop_entry.name: the column is gone"],
  [
    "a foreign key that is gone",
    'migrations.RemoveField("entry", "tag")',
    "shop_entry.tag_id: the column is gone",
  ],
  [
    "many to many that is gone",
    'migrations.RemoveField("entry", "tags")',
    "shop_entry_tags: the table is gone",
  ],
  ["a model that is gone", 'migrations.DeleteModel("Entry")', "shop_entry: the table is gone"],
  [
    "another name",
    'migrations.RenameField("entry", "name", "title")',
    "shop_entry.name: the column is called title",
  ],
  [
    "another column",
    alter("name", 'CharField(max_length=80, db_column="title")'),
    "the column is called title",
  ],
  [
    "another name of a model",
    'migrations.RenameModel("Entry", "Note")',
    "shop_entry: the table is called shop_note",
  ],
  [
    "another table",
    'migrations.AlterModelTable("entry", "entries")',
    "shop_entry: the table is called entries",
  ],
  [
    "a shorter text",
    alter("name", "CharField(max_length=79)"),
    "shop_entry.name: the type is no longer varchar(80) but varchar(79)",
  ],
  [
    "a text that has a limit",
    alter("text", "CharField(max_length=79, null=True)"),
    "no longer longtext but varchar(79)",
  ],
  ["a smaller number", alter("number", "SmallIntegerField(default=0)"), "no longer integer but smallint"],
  [
    "a number that may not be negative",
    alter("number", "PositiveIntegerField(default=0)"),
    "but integer unsigned",
  ],
  [
    "another kind of value",
    alter("number", 'CharField(max_length=9, default="")'),
    "no longer integer but varchar(9)",
  ],
  [
    "a decimal with fewer digits before the point",
    alter("price", "DecimalField(max_digits=5, decimal_places=3, default=0)"),
    "numeric(5, 3)",
  ],
  [
    "a column that must have a value",
    alter("text", 'TextField(default="")'),
    "shop_entry.text: the column must have a value",
  ],
  [
    "a column without its default",
    alter("state", "CharField(max_length=9)"),
    "shop_entry.state: the column loses the default",
  ],
  [
    "a foreign key",
    alter("number", 'ForeignKey("shop.Tag", on_delete=models.CASCADE, db_column="number")'),
    "each value must be in shop_tag.id",
  ],
  [
    "values that differ",
    alter("name", "CharField(max_length=80, unique=True)"),
    "shop_entry.name: no two rows",
  ],
  [
    "several values that differ together",
    'migrations.AlterUniqueTogether("entry", {("name", "number")})',
    "shop_entry.name, number: no two rows",
  ],
  [
    "a rule that values differ",
    constraint('UniqueConstraint(fields=["name"], name="u")'),
    "shop_entry.name: no two rows",
  ],
  [
    "a rule on values",
    constraint('CheckConstraint(condition=Q(number__gt=0) | ~Q(name=""), name="c")'),
    "shop_entry.name, number: the condition c",
  ],
  [
    "a rule that compares",
    constraint('CheckConstraint(condition=Q(number__gt=F("id")), name="c")'),
    "the condition c",
  ],
  [
    "what the database sees apart from the models",
    separate("", 'migrations.RemoveField("entry", "name")'),
    "shop_entry.name: the column is gone",
  ],
  [
    "one of several",
    `${sql("SELECT 1")}, migrations.RemoveField("entry", "name"), ${add("IntegerField(null=True)")}`,
    "the column is gone",
  ],
  [
    "SQL that removes a column",
    sql("alter table `shop_entry` drop `NAME`"),
    "shop_entry.name: SQL removes the column",
  ],
  [
    "SQL that removes one of another database's name",
    sql("ALTER TABLE django.shop_entry DROP COLUMN IF EXISTS name"),
    "shop_entry.name",
  ],
  [
    "SQL that MariaDB reads in a comment",
    sql("/*!100000 DROP TABLE shop_entry */"),
    "shop_entry: SQL removes the table",
  ],
  ["SQL that removes tables", sql("DROP TABLE IF EXISTS z, shop_tag"), "shop_tag: SQL removes the table"],
  ["SQL that removes somebody else's table", sql("DROP TABLE old"), "old: SQL removes the table"],
  [
    "SQL that renames a table",
    sql("RENAME TABLE z TO y, shop_entry TO x"),
    "shop_entry: SQL gives the table another name",
  ],
  [
    "SQL that renames a column",
    sql("ALTER TABLE shop_entry CHANGE COLUMN name title text"),
    "shop_entry.name: SQL changes the column",
  ],
  [
    "SQL that changes a column",
    sql("ALTER TABLE shop_entry ADD a int, MODIFY name int"),
    "shop_entry.name: SQL changes the column",
  ],
  [
    "SQL that adds what must have a value",
    sql("ALTER TABLE shop_entry ADD a int NOT NULL"),
    "shop_entry.a: SQL gives a column",
  ],
  [
    "SQL that takes a default away",
    sql("ALTER TABLE shop_entry ALTER new DROP DEFAULT"),
    "shop_entry.new: SQL gives a column",
  ],
  ["SQL with a rule", sql("ALTER TABLE shop_entry ADD CONSTRAINT u UNIQUE (name)"), "SQL adds a rule"],
  [
    "SQL with an index of different values",
    sql("CREATE UNIQUE INDEX u ON shop_entry (name)"),
    "SQL allows no two rows",
  ],
  [
    "SQL with a trigger",
    sql("CREATE TRIGGER t BEFORE INSERT ON shop_entry FOR EACH ROW SET NEW.name = 'x'"),
    "a trigger act on each row",
  ],
  ["SQL that empties a table", sql("TRUNCATE TABLE shop_entry"), "SQL empties the table"],
  ["SQL that nobody knows, on its table", sql("FROBNICATE shop_entry"), "SQL that is not understood"],
  [
    "SQL with values",
    'migrations.RunSQL([("SELECT %s", ["x"]), "DROP TABLE shop_tag"])',
    "shop_tag: SQL removes",
  ],
];

const UNKNOWN: readonly (readonly [what: string, operations: string])[] = [
  ["SQL on rows", sql("UPDATE shop_entry SET name = 'x'")],
  ["SQL that nobody knows, on no table of its own", sql("FROBNICATE z")],
  ["Python", "migrations.RunPython(print)"],
  ["an operation of a package", "Own()"],
];

interface Judgement {
  readonly verdict: string;
  readonly reasons: readonly string[];
  readonly said: string;
}

/** What is thought of each list of operations, given as Python. Django starts once for all of them. */
function judgements(operations: readonly string[]): Map<string, Judgement> {
  const { status, stdout, stderr } = spawnSync(
    join(pythonPackages(), "python3"),
    [join(__dirname, "support/judged_migrations.py")],
    {
      encoding: "utf8",
      input: JSON.stringify({ old: OLD, operations: operations.map((list) => `[${list}]`) }),
      env: { PYTHONPATH: PYTHON, PYTHONDONTWRITEBYTECODE: "1" },
    },
  );
  expect([status, stderr]).toEqual([0, ""]);
  const judged = JSON.parse(stdout) as Judgement[];
  return new Map(judged.map((judgement, index) => [operations[index] ?? "", judgement]));
}

describe("what older code thinks of a migration", () => {
  let judged: Map<string, Judgement>;
  beforeAll(() => {
    judged = judgements([...FITS, ...IN_THE_WAY, ...UNKNOWN].map(([, operations]) => operations));
  });

  it.each(FITS)("it fits: %s", (_what, operations) => {
    expect(judged.get(operations)).toEqual({ verdict: "fits", reasons: [], said: "" });
  });

  it.each(IN_THE_WAY)("it is in the way: %s", (_what, operations, why) => {
    const found = judged.get(operations);
    expect(found?.verdict).toBe("in the way");
    expect(found?.reasons.join("\n")).toContain(why);
    // What, where, why, and both ways out.
    expect(found?.said).toMatch(
      /^migrate: the older code, which serves, can't work with .* Nothing was changed\.\n {2}- shop\.0002_next: /,
    );
    expect(found?.said).toContain('release: { accept: { "shop.0002_next": "the reason" } }');
    expect(found?.said).toMatch(/Or split the change[^\n]*\n {2}shop\.0002_next, [^\n]+:\n {4}[A-Z]/);
  });

  it.each(UNKNOWN)("nobody can tell: %s", (_what, operations) => {
    expect(judged.get(operations)?.verdict).toBe("nobody can tell");
  });

  it("what a host says of a foreign key that is gone can be written as it stands, and fits", () => {
    const said = judged.get('migrations.RemoveField("entry", "tag")')?.said ?? "";
    const lines = said.split("\n");
    const from = lines.findIndex((line) => line.includes("SeparateDatabaseAndState"));
    const [first, second] = [lines.slice(from, from + 4).join("\n"), lines.at(-1) ?? ""];
    expect(second.trim()).toBe(
      'migrations.RunSQL("ALTER TABLE shop_entry DROP COLUMN tag_id", migrations.RunSQL.noop),',
    );
    expect(judgements([first]).get(first)?.verdict).toBe("fits");
  });
});
