import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { tmpdir } from "node:os";
import { ROOT } from "../support/guestbook";

const SCRIPT = readFileSync(join(ROOT, "assets", "secrets", "database_identity.py"), "utf8");

/** What the script says of a data directory with these files. */
function identityOf(files: Readonly<Record<string, string>>): unknown {
  const folder = mkdtempSync(join(tmpdir(), "database-identity-"));
  try {
    for (const [name, text] of Object.entries(files)) {
      mkdirSync(dirname(join(folder, name)), { recursive: true });
      writeFileSync(join(folder, name), text);
    }
    const { status, stdout, stderr } = spawnSync("python3", ["-W", "error", "-", folder], {
      encoding: "utf8",
      input: SCRIPT,
    });
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    return JSON.parse(stdout);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

it("tells the version and the databases, MariaDB's own left out", () => {
  const files = {
    mariadb_upgrade_info: "11.8.3-MariaDB\0",
    "mysql/db.opt": "",
    "sys/db.opt": "",
    "django/db.opt": "default-character-set=utf8mb4\n",
    "archive/db.opt": "",
    "no-database/file.ibd": "",
    ibdata1: "",
  };
  expect(identityOf(files)).toEqual({ version: "11.8", databases: ["archive", "django"] });
});

it("knows the older name of the version's file", () =>
  expect(identityOf({ mysql_upgrade_info: "10.6.12-MariaDB" })).toEqual({ version: "10.6", databases: [] }));

it.each<Readonly<Record<string, string>>>([
  {},
  { "mysql/user.frm": "" },
  { mariadb_upgrade_info: "no version" },
])("a directory in which nothing was finished has no version: %p", (files) =>
  expect(identityOf(files)).toMatchObject({ version: "", databases: [] }),
);
