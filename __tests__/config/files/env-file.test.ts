import { createHash } from "node:crypto";
import { execFileSync } from "node:child_process";
import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { envFileOf } from "../../../config/files/env-file";
import { describeProblem } from "../../../config/errors";
import type { DeploymentSettings } from "../../../config/schema";
import { validate } from "../../../config/load/validate";
import { folderWith } from "../../support/synthesis";

function settings(envFile?: string): DeploymentSettings["project"] {
  const { settings } = validate({ project: { folder: "mysite", envFile } });
  if (!settings) throw new Error("these settings are sound");
  return settings.project;
}

/** The only complaint about a file, as its user reads it. */
function complaint(folder: string, envFile?: string): string {
  const [problem, ...others] = envFileOf(settings(envFile), folder).problems;
  expect(others).toEqual([]);
  return problem ? describeProblem(problem) : "";
}

it("finds the project's .env: where it is, its hash and its names, and none of its values", () => {
  const text = "SECRET_KEY='a$b`c'\nexport EMAIL=x@example.org\n";
  const folder = folderWith({ ".env": text });
  expect(envFileOf(settings(), folder)).toEqual({
    file: { path: join(folder, ".env"), hash: createHash("sha256").update(text).digest("hex") },
    names: ["SECRET_KEY", "EMAIL"],
    called: ".env",
    problems: [],
  });
});

it("has nothing to say where there is none and none was asked for", () => {
  expect(envFileOf(settings(), folderWith({}))).toEqual({ names: [], called: ".env", problems: [] });
});

it("says so when the one that was asked for isn't there", () => {
  expect(complaint(folderWith({ ".env": "" }), "production.env")).toBe(
    '✗ project.envFile is "production.env", which can\'t be read (ENOENT)\n' +
      "    expected: a readable file of NAME=value lines, relative to the project\n" +
      "    to do:    correct its path or its permissions (chmod 600), or remove the setting",
  );
});

it.each(["folder", "pipe", "link to itself"])("refuses a .env that is a %s", (kind) => {
  const folder = folderWith({});
  const path = join(folder, ".env");
  if (kind === "folder") mkdirSync(path);
  if (kind === "pipe") execFileSync("mkfifo", [path]);
  if (kind === "link to itself") symlinkSync(".env", path);
  const reason = kind === "link to itself" ? "ELOOP" : "it is no file";
  expect(complaint(folder, ".env")).toContain(`is ".env", which can't be read (${reason})`);
});

it("takes a folder that nobody named, as virtualenvs are called, for none", () => {
  expect(envFileOf(settings(), folderWith({ ".env/pyvenv.cfg": "" }))).toEqual({
    names: [],
    called: ".env",
    problems: [],
  });
});

it("has no setting removed that nobody wrote", () => {
  const folder = folderWith({});
  execFileSync("mkfifo", [join(folder, ".env")]);
  expect(complaint(folder)).toBe(
    "✗ the project's .env is not to be read (it is no file)\n" +
      "    expected: a readable file of NAME=value lines, relative to the project\n" +
      "    to do:    correct its permissions (chmod 600), or write envFile: with the name of another one into project",
  );
});

it("names the line that isn't in the grammar, never its value", () => {
  const folder = folderWith({ ".env": "A=1\nPASSWORD='hunter2\n" });
  expect(complaint(folder)).toBe(
    "✗ .env, line 2 is no NAME=value line\n" +
      "    expected: a closing ' after the value of PASSWORD\n" +
      "    to do:    correct the line; docs/env-file.md has the rules",
  );
});

it("takes bytes that are no text", () => {
  const folder = folderWith({});
  writeFileSync(join(folder, ".env"), Buffer.from([0x41, 0x3d, 0xff, 0xfe, 0x0a]));
  expect(envFileOf(settings(), folder)).toMatchObject({ names: ["A"], problems: [] });
});
