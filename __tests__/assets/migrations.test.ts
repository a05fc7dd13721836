import { spawnSync } from "node:child_process";
import { join, resolve } from "node:path";
import { pythonPackages } from "../support/python-packages";

jest.setTimeout(300_000);

const PYTHON = resolve(__dirname, "../../assets/image/python");

const text = "models.TextField";

const FITS: readonly (readonly [what: string, operations: string])[] = [
  ["nothing", ""],
  ["a model", 'migrations.CreateModel("Note", [("id", models.AutoField(primary_key=True))])'],
  ["a field that may be null", `migrations.AddField("entry", "note", ${text}(null=True))`],
  [
    "a field with a default of the database's",
    `migrations.AddField("entry", "note", ${text}(db_default=""))`,
  ],
  ["many to many", 'migrations.AddField("entry", "tags", models.ManyToManyField("entries.Tag"))'],
  ["an index", 'migrations.AddIndex("entry", models.Index(fields=["name"], name="by_name"))'],
  [
    "what the database never sees",
    'migrations.SeparateDatabaseAndState([], [migrations.DeleteModel("Note")])',
  ],
];

const IN_THE_WAY: readonly (readonly [what: string, operations: string, why: string])[] = [
  [
    "a field that must have a value",
    `migrations.AddField("entry", "note", ${text}(default=""))`,
    "can't write rows",
  ],
  ["a field that is gone", 'migrations.RemoveField("entry", "name")', "still asks for it"],
  ["a model that is gone", 'migrations.DeleteModel("Entry")', "still asks for it"],
  ["another name", 'migrations.RenameField("entry", "name", "title")', "still asks for it"],
  [
    "one of several",
    `migrations.RunSQL("SELECT 1"), migrations.RemoveField("entry", "name"), migrations.AddField("entry", "a", ${text}(null=True))`,
    "Remove field name",
  ],
];

const UNKNOWN: readonly (readonly [what: string, operations: string])[] = [
  ["SQL", 'migrations.RunSQL("ALTER TABLE a ADD b int")'],
  ["Python", "migrations.RunPython(print)"],
  ["a changed field", `migrations.AlterField("entry", "name", ${text}())`],
];

type Judgement = readonly [verdict: string, why: string];

/** What the judge of the way back says of each list of operations, given as Python. Django starts once for all of them. */
function judgements(lists: readonly string[]): Map<string, Judgement> {
  const code = `
import json
from django.conf import settings
settings.configure()
from django.db import migrations, models
import deployment_migrations
print(json.dumps([deployment_migrations.judge(operations) for operations in [${lists.map((list) => `[${list}]`).join(", ")}]]))`;
  const { status, stdout, stderr } = spawnSync(join(pythonPackages(), "python3"), ["-c", code], {
    encoding: "utf8",
    env: { PYTHONPATH: PYTHON, PYTHONDONTWRITEBYTECODE: "1" },
  });
  expect([status, stderr]).toEqual([0, ""]);
  const judged = JSON.parse(stdout) as Judgement[];
  return new Map(judged.map((judgement, index) => [lists[index] ?? "", judgement]));
}

describe("what older code thinks of a migration", () => {
  let judged: Map<string, Judgement>;
  beforeAll(() => {
    judged = judgements([...FITS, ...IN_THE_WAY, ...UNKNOWN].map(([, operations]) => operations));
  });

  it.each(FITS)("it fits: %s", (_what, operations) => {
    expect(judged.get(operations)).toEqual(["fits", ""]);
  });

  it.each(IN_THE_WAY)("it is in the way: %s", (_what, operations, why) => {
    expect(judged.get(operations)).toEqual(["in the way", expect.stringContaining(why)]);
  });

  it.each(UNKNOWN)("nobody can tell: %s", (_what, operations) => {
    expect(judged.get(operations)?.[0]).toBe("nobody can tell");
  });
});
