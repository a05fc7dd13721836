import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { applicationOf } from "../../../application/model";
import type { DeploymentRecord } from "../../../cli/data/record";
import { changedDatabase, identityOfServer, isOlder } from "../../../cli/database/changed-database";
import { holdsDatabase } from "../../../cli/database/stored-database";
import type { Problem } from "../../../config/errors";
import type { Workspace } from "../../../cli/workspace/workspace";
import { ROOT, guestbook } from "../../support/guestbook";

const NOTED: DeploymentRecord = {
  folder: "/srv/one",
  computer: "one",
  database: { name: "shop", user: "django" },
};

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), "changed-database-"))));
afterEach(() => rmSync(folder, { recursive: true }));

/** A deployment whose data directory has these files; the program's own scripts look at them. */
function workspace(files: Readonly<Record<string, string>>, canLook = true): Workspace {
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
  const docker = {
    inspectVolumes: (names: readonly string[]) => Promise.resolve(names),
    containers: () => Promise.resolve([]),
    run: () => Promise.resolve("looker\n"),
    try: ([word]: readonly string[], { input = "" } = {}) =>
      Promise.resolve(
        word === "start" && canLook
          ? spawnSync("python3", ["-", folder], { encoding: "utf8", input })
          : { status: canLook ? 0 : 1, stdout: "", stderr: "" },
      ),
  };
  return {
    application: applicationOf(guestbook),
    deployment: guestbook,
    docker,
    root: ROOT,
  } as unknown as Workspace;
}

async function problemsOf(
  files: Readonly<Record<string, string>>,
  record?: DeploymentRecord,
): Promise<string[]> {
  const found = await changedDatabase(workspace(files), record, undefined);
  return found.map(({ place, value }) => `${place} is ${value}`);
}

describe("a database that is there", () => {
  const made = { mariadb_upgrade_info: "11.4.2-MariaDB", "mysql/db.opt": "" };

  it.each<[string, Readonly<Record<string, string>>, DeploymentRecord | undefined, readonly string[]]>([
    ["is as it is wanted", { ...made, "django/db.opt": "" }, undefined, []],
    [
      "has the name that was noted",
      { ...made, "archive/db.opt": "", "shop/db.opt": "" },
      NOTED,
      ['database.name is "django", and the data directory holds the database "shop"'],
    ],
    [
      "has a name that nobody has noted",
      { ...made, "archive/db.opt": "" },
      undefined,
      ['database.name is "django", and the data directory holds the database "archive"'],
    ],
    ["is none yet", { "django/db.opt": "" }, NOTED, []],
    ["is MariaDB's own alone", made, undefined, []],
  ])("%s", async (_what, files, record, expected) =>
    expect(await problemsOf(files, record)).toEqual(expected),
  );

  it("is of a newer version, under the older name of the version's file", async () =>
    expect(await problemsOf({ mysql_upgrade_info: "99.1.0-MariaDB", "django/db.opt": "" })).toEqual([
      expect.stringMatching(/^database\.version is .*99\.1/),
    ]));
});

describe("a server that runs is asked, and no container starts", () => {
  /** What `mariadb --batch` prints. */
  function server(rows: readonly string[], status = 0): Workspace {
    return {
      ...workspace({ mariadb_upgrade_info: "99.1.0-MariaDB", "files/db.opt": "" }),
      docker: {
        inspectVolumes: (names: readonly string[]) => Promise.resolve(names),
        containers: () => Promise.resolve([{ id: "1", role: "database", status: "running" }]),
        try: ([word]: readonly string[]) =>
          Promise.resolve(
            word === "exec"
              ? { status, stdout: `${rows.join("\n")}\n`, stderr: "" }
              : { status: 1, stdout: "", stderr: "no container" },
          ),
        run: () => Promise.reject(new Error("a container started")),
      },
    } as unknown as Workspace;
  }

  const problemsOfServer = async (there: Workspace): Promise<Problem[]> =>
    changedDatabase(there, undefined, await identityOfServer(there));

  const fits = ["version\t11.8.3-MariaDB-ubu2404", "schema\tdjango", "user\t", "user\troot", "user\tdjango"];

  it.each<[string, readonly string[], readonly string[]]>([
    ["all fits", fits, []],
    [
      "another name",
      fits.map((row) => row.replace("schema\tdjango", "schema\tshop")),
      ['database.name is "django", and the data directory holds the database "shop"'],
    ],
    [
      "another user, whom nobody has noted",
      fits.map((row) => row.replace("user\tdjango", "user\tkiosk")),
      [expect.stringMatching(/^database\.user is "django".*"kiosk"/) as string],
    ],
    [
      "a newer version",
      fits.map((row) => row.replace("11.8.3", "99.1.0")),
      [expect.stringMatching(/^database\.version is .*99\.1$/) as string],
    ],
  ])("%s", async (_what, rows, expected) => {
    const found = await problemsOfServer(server(rows));
    expect(found.map(({ place, value }) => `${place} is ${value}`)).toEqual(expected);
  });

  it("the files are looked at when it does not answer", async () =>
    expect(problemsOfServer(server([], 1))).rejects.toThrow("a container started"));
});

it("nothing follows when nobody can look", async () =>
  expect(changedDatabase(workspace({}, false), undefined, undefined)).rejects.toThrow(
    "the volume guestbook-dbdata",
  ));

it("whether there is one at all, the same look tells", async () => {
  expect(await holdsDatabase(workspace({}))).toBe(false);
  expect(await holdsDatabase(workspace({ ibdata1: "" }))).toBe(true);
});

describe("a version of MariaDB", () => {
  it.each([
    ["10.11", "11.8", true],
    ["11.4", "11.8", true],
    ["11.8", "11.8", false],
    ["11.8.2", "11.8", false],
    ["12.3", "11.8", false],
    ["11.10", "11.8", false],
  ])("%s is older than %s: %s", (version, than, older) => expect(isOlder(version, than)).toBe(older));
});
