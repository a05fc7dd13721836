import { execFileSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { pipelineFiles } from "../../../pipeline/pipeline-files";
import type { PipelineFile } from "../../../pipeline/pipeline-file";
import { comparePipeline, writePipeline } from "../../../synth/repository/pipeline-writer";
import { repositoryOf } from "../../../synth/repository/repository";
import { WORKFLOW } from "../../support/pipeline";
import { temporaryFolder } from "../../support/synthesis";

const NOTHING = { missing: [], changed: [], left: [], foreign: [] };
const WORKFLOW_PATH = ".github/workflows/deploy.yml";

const file = (path: string, content: string, executable = false): PipelineFile => ({
  path,
  content,
  executable,
});
const files = (...deploy: PipelineFile[]): PipelineFile[] => pipelineFiles(WORKFLOW, deploy);
const FILES = files(file("settings.sh", "A=1\n"), file("runner/upload", "#!/bin/sh\n", true));

function put(root: string, path: string, text: string): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
}

describe("pipelineFiles", () => {
  it("names the folder, a manifest that sha256sum reads and, last, the workflow", () => {
    expect(FILES.map(({ path }) => path)).toEqual([
      "deploy/settings.sh",
      "deploy/runner/upload",
      "deploy/MANIFEST",
      WORKFLOW_PATH,
    ]);
    const root = temporaryFolder();
    writePipeline(root, FILES);
    const checked = execFileSync("sha256sum", ["--check", "--strict", "deploy/MANIFEST"], {
      cwd: root,
      encoding: "utf8",
    });
    expect(checked).toBe("deploy/runner/upload: OK\ndeploy/settings.sh: OK\n");
  });

  it("keeps the folder beside a project that lies deeper", () => {
    const paths = pipelineFiles({ ...WORKFLOW, projectPath: "web/site" }, []).map(({ path }) => path);
    expect(paths).toEqual(["web/site/deploy/MANIFEST", WORKFLOW_PATH]);
  });
});

describe("writePipeline", () => {
  it("writes everything, with modes, and has nothing to do then", () => {
    const root = temporaryFolder();
    expect(comparePipeline(root, FILES)).toEqual({ ...NOTHING, missing: FILES.map(({ path }) => path) });
    writePipeline(root, FILES);
    expect(comparePipeline(root, FILES)).toEqual(NOTHING);
    expect([
      statSync(join(root, "deploy/runner/upload")).mode & 0o777,
      statSync(join(root, "deploy/settings.sh")).mode & 0o777,
    ]).toEqual([0o755, 0o644]);
  });

  it("puts right what somebody has changed, and removes what is no longer made", () => {
    const root = temporaryFolder();
    writePipeline(root, FILES);
    const fewer = files(file("settings.sh", "A=2\n"));
    expect(comparePipeline(root, fewer)).toEqual({
      ...NOTHING,
      // The workflow names the manifest, so that one push starts one run.
      changed: ["deploy/settings.sh", "deploy/MANIFEST", WORKFLOW_PATH],
      left: ["deploy/runner/upload"],
    });
    writePipeline(root, fewer);
    expect(comparePipeline(root, fewer)).toEqual(NOTHING);
    expect(existsSync(join(root, "deploy/runner/upload"))).toBe(false);
  });

  it("can be cut off anywhere: the next run still knows what is its own", () => {
    const root = temporaryFolder();
    writePipeline(root, FILES);
    const other = files(file("new.sh", ""));
    // As far as before the manifest.
    writePipeline(root, [...FILES.slice(0, 1), file("deploy/new.sh", ""), ...FILES.slice(3)]);
    put(root, "deploy/settings.sh", "A=1\n");
    expect(comparePipeline(root, other).foreign).toEqual([]);
    writePipeline(root, other);
    expect(comparePipeline(root, other)).toEqual(NOTHING);
  });

  it("doesn't care for modes, which GitHub's API can't commit", () => {
    const root = temporaryFolder();
    writePipeline(root, FILES);
    chmodSync(join(root, "deploy/runner/upload"), 0o644);
    expect(comparePipeline(root, FILES)).toEqual(NOTHING);
  });

  it("removes nothing outside its folder, whatever a manifest says", () => {
    const root = temporaryFolder();
    writePipeline(root, FILES);
    put(root, "manage.py", "");
    const manifest = join(root, "deploy/MANIFEST");
    const hash = "0".repeat(64);
    writeFileSync(
      manifest,
      `${readFileSync(manifest, "utf8")}${hash}  manage.py\n${hash}  deploy/../manage.py\n`,
    );
    writePipeline(root, FILES);
    expect(existsSync(join(root, "manage.py"))).toBe(true);
  });
});

describe("comparePipeline tells what isn't ours", () => {
  it("a folder deploy/ of the user's", () => {
    const root = temporaryFolder();
    put(root, "deploy/views.py", "");
    expect(comparePipeline(root, FILES).foreign).toEqual(["deploy/"]);
  });

  it("a workflow of the user's", () => {
    const root = temporaryFolder();
    put(root, WORKFLOW_PATH, "name: Mine\n");
    expect(comparePipeline(root, FILES).foreign).toEqual([WORKFLOW_PATH]);
  });

  it("an empty folder is nobody's", () => {
    const root = temporaryFolder();
    mkdirSync(join(root, "deploy"));
    expect(comparePipeline(root, FILES).foreign).toEqual([]);
  });
});

describe("repositoryOf", () => {
  it("is the nearest folder that git keeps", () => {
    const root = temporaryFolder();
    put(root, "web/site/manage.py", "");
    mkdirSync(join(root, ".git"));
    expect(repositoryOf(join(root, "web/site"))).toEqual({ root, projectPath: "web/site" });
    // A worktree or a submodule.
    put(root, "web/.git", "gitdir: elsewhere");
    expect(repositoryOf(join(root, "web/site"))).toEqual({ root: join(root, "web"), projectPath: "site" });
    rmSync(join(root, "web/.git"));
    expect(repositoryOf(root)).toEqual({ root, projectPath: "." });
  });

  it("is the project's own folder where there is no git", () => {
    const root = temporaryFolder();
    expect(repositoryOf(root)).toEqual({ root, projectPath: "." });
  });
});
