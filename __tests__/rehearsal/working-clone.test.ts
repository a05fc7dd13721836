import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { WorkingClone } from "../../rehearsal/environment/working-clone";
import { WORKFLOW_PATH } from "../../pipeline/workflow/workflow-file";
import { folderWith, temporaryFolder } from "../support/synthesis";

const FILES = {
  "site/manage.py": "print()\n",
  "site/.env": "SECRET=planted\n",
  "site/.gitignore": ".env\n*.log\ndeploy/\n",
  "site/debug.log": "noise\n",
};

const PIPELINE = [
  { path: "site/deploy/host/release", content: "#!/bin/sh\n", executable: true },
  { path: "site/deploy/MANIFEST", content: "# made\n", executable: false },
  { path: WORKFLOW_PATH, content: "on: push\n", executable: false },
];

function git(folder: string, ...args: string[]): string {
  return execFileSync("git", ["-C", folder, ...args], { encoding: "utf8" });
}

async function cloned(withGit: boolean): Promise<WorkingClone> {
  const root = folderWith(FILES);
  if (withGit) git(root, "init", "--quiet");
  return WorkingClone.of({ root, projectPath: "site" }, temporaryFolder(), "main", ".env");
}

describe.each([
  ["a repository", true],
  ["a folder that no git keeps", false],
])("a clone of %s", (_, withGit) => {
  it("has what a commit of everything would hold, and .env beside it; a push holds the pipeline too", async () => {
    const clone = await cloned(withGit);
    clone.addPipeline(PIPELINE);
    const push = await clone.push("first");
    expect(push).toMatchObject({ message: "first", workflow: "on: push\n" });
    expect(git(clone.remote, "ls-tree", "-r", "--name-only", push.sha).trim().split("\n")).toEqual([
      WORKFLOW_PATH,
      "site/.gitignore",
      "site/deploy/MANIFEST",
      "site/deploy/host/release",
      "site/manage.py",
      "site/rehearsal.txt",
    ]);
    expect(readFileSync(join(clone.project, ".env"), "utf8")).toBe("SECRET=planted\n");
    expect(existsSync(join(clone.project, "debug.log"))).toBe(false);
  });

  it("makes each push another commit, with what was changed in between", async () => {
    const clone = await cloned(withGit);
    clone.addPipeline(PIPELINE);
    const first = await clone.push("first");
    clone.write("more/new.py", "x = 1\n");
    const second = await clone.push("second");
    expect(second.sha).not.toBe(first.sha);
    expect(await clone.files()).toContain("more/new.py");
    clone.remove("more/new.py");
    await clone.push("third");
    expect(await clone.files()).not.toContain("more/new.py");
    expect(git(clone.remote, "log", "--format=%s", "main").trim().split("\n")).toEqual([
      "third",
      "second",
      "first",
    ]);
  });
});
