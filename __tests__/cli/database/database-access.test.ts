import { DatabaseAccess } from "../../../cli/database/database-access";
import type { Workspace } from "../../../cli/workspace/workspace";
import { ROOT, guestbook } from "../../support/guestbook";

const NOTHING = { status: 0, stdout: "", stderr: "" };

/** What access.sh says, by its action, and which actions it was asked for. */
function access(said: Readonly<Record<string, { status: number; stdout: string; stderr: string }>>): {
  readonly access: DatabaseAccess;
  readonly asked: string[];
} {
  const asked: string[] = [];
  const docker = {
    containers: () => Promise.resolve([{ id: "1", role: "database", status: "running" }]),
    try: (words: readonly string[]) => {
      const action = words.at(-1) ?? "";
      asked.push(action);
      return Promise.resolve(said[action] ?? NOTHING);
    },
  };
  const workspace = { deployment: guestbook, docker, root: ROOT } as unknown as Workspace;
  return { access: new DatabaseAccess(workspace), asked };
}

const silent = (): void => undefined;

it("a look that finds nothing is enough, and is made before it is asked for", async () => {
  const { access: database, asked } = access({});
  database.begin();
  expect(await database.confirm(silent)).toBe("as they were");
  await database.end();
  expect(asked).toEqual(["look"]);
});

it.each<[string, { status: number; stdout: string; stderr: string }]>([
  ["finds a password that waits", { ...NOTHING, stdout: "access: waits database_password\n" }],
  ["fails", { status: 1, stdout: "", stderr: "access: MariaDB does not answer as it should" }],
  ["is refused", { status: 3, stdout: "", stderr: "" }],
])("one that %s is followed by the setting", async (_what, look) => {
  const { access: database, asked } = access({ look });
  database.begin();
  expect(await database.confirm(silent)).toBe("as they were");
  expect(asked).toEqual(["look", "set"]);
});

it("without a look it is set, as before", async () => {
  const { access: database, asked } = access({});
  expect(await database.confirm(silent)).toBe("as they were");
  expect(asked).toEqual(["set"]);
});

it("a second password that MariaDB takes is taken away at the end", async () => {
  const { access: database, asked } = access({
    look: { ...NOTHING, stdout: "access: both database_password\n" },
  });
  database.begin();
  await database.confirm(silent);
  await database.end();
  expect(asked).toEqual(["look", "end"]);
});
