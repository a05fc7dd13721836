import { spawnSync } from "node:child_process";
import { join, resolve } from "node:path";
import { pythonPackages } from "../support/python-packages";

jest.setTimeout(300_000);

const PYTHON = resolve(__dirname, "../../assets/image/python");

/** What the judge of the way back says of operations, given as Python. */
function judge(operations: string): [verdict: string, why: string] {
  const code = `
import json
from django.conf import settings
settings.configure()
from django.db import migrations, models
import deployment_migrations
print(json.dumps(deployment_migrations.judge([${operations}])))`;
  const { status, stdout, stderr } = spawnSync(join(pythonPackages(), "python3"), ["-c", code], {
    encoding: "utf8",
    env: { PYTHONPATH: PYTHON, PYTHONDONTWRITEBYTECODE: "1" },
  });
  expect([status, stderr]).toEqual([0, ""]);
  return JSON.parse(stdout) as [string, string];
}

const text = "models.TextField";

describe("what older code thinks of a migration", () => {
  it.each([
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
  ])("it fits: %s", (_what, operations) => {
    expect(judge(operations)).toEqual(["fits", ""]);
  });

  it.each([
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
  ])("it is in the way: %s", (_what, operations, why) => {
    const [verdict, reason] = judge(operations);
    expect(verdict).toBe("in the way");
    expect(reason).toContain(why);
  });

  it.each([
    ["SQL", 'migrations.RunSQL("ALTER TABLE a ADD b int")'],
    ["Python", "migrations.RunPython(print)"],
    ["a changed field", `migrations.AlterField("entry", "name", ${text}())`],
  ])("nobody can tell: %s", (_what, operations) => {
    expect(judge(operations)[0]).toBe("nobody can tell");
  });
});
