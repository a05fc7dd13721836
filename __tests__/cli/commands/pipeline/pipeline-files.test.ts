import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { filesOfPipeline } from "../../../../cli/commands/pipeline/pipeline-files";
import type { EnvFile } from "../../../../config/deployment";
import type { Workspace } from "../../../../cli/workspace/workspace";
import { ROOT, guestbookOnGitHub } from "../../../support/guestbook";
import { deploymentOf, projectFilesOf } from "../../../support/pipeline";
import { projectOf, removeProjects, startproject } from "../../../support/project";

afterEach(() => {
  removeProjects();
  jest.restoreAllMocks();
});

/** A repository, and the command in it; what the command says. */
function repository(): { folder: string; command: (check?: boolean, envFile?: EnvFile) => Promise<string> } {
  const folder = projectOf(startproject(""));
  mkdirSync(join(folder, ".git"));
  return {
    folder,
    command: async (check = false, envFile?: EnvFile) => {
      const said: string[] = [];
      jest.spyOn(process.stdout, "write").mockImplementation((text) => said.push(String(text)) > 0);
      const plain = deploymentOf(folder);
      const { github, host } = guestbookOnGitHub(ROOT);
      const deployment = { ...plain, github, host, project: { ...plain.project, envFile } };
      const workspace = {
        deployment,
        projectFiles: projectFilesOf(deployment),
        root: ROOT,
      } as unknown as Workspace;
      await Promise.resolve().then(() => filesOfPipeline(workspace, { check }));
      return said.join("");
    },
  };
}

it("writes the files, says which, and finds no drift then", async () => {
  const { command, folder } = repository();
  const said = await command();
  expect(said).toContain("written  .github/workflows/deploy.yml\n");
  expect(said).toContain("git add .github/workflows/deploy.yml deploy\n");
  expect(existsSync(join(folder, "deploy/runner/upload"))).toBe(true);
  expect(await command(true)).toMatch(/^The \d+ files of the pipeline are what deployment.ts says.\n$/);
  expect(await command()).toContain("Nothing to do");
});

it("--check names what differs, and writes nothing", async () => {
  const { command, folder } = repository();
  await command();
  const settings = join(folder, "deploy/settings.sh");
  writeFileSync(settings, "A=1\n");
  await expect(command(true)).rejects.toThrow("| changed  deploy/settings.sh");
  expect(readFileSync(settings, "utf8")).toBe("A=1\n");
});

it("a changed .dockerignore is a difference, too", async () => {
  const { command, folder } = repository();
  await command();
  writeFileSync(join(folder, ".dockerignore"), "notes\n");
  await expect(command(true)).rejects.toThrow("changed  deploy/settings.sh");
});

it("a secret of this machine is none: a checkout without .env makes the same files", async () => {
  const { command, folder } = repository();
  await command();
  expect(await command(true, { path: join(folder, ".env"), hash: "0".repeat(64) })).toContain(
    "what deployment.ts says",
  );
});

it("refuses to write over what isn't ours", async () => {
  const { command, folder } = repository();
  mkdirSync(join(folder, "deploy"));
  writeFileSync(join(folder, "deploy/apps.py"), "");
  await expect(command()).rejects.toThrow("✗ deploy/ is there already, and not made by this program");
  expect(existsSync(join(folder, ".github"))).toBe(false);
});
