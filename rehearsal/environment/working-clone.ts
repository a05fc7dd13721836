import {
  copyFileSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { basename, dirname, join } from "node:path";
import type { PipelineFile } from "../../pipeline/pipeline-file";
import { WORKFLOW_PATH } from "../../pipeline/workflow/workflow-file";
import { writePipeline } from "../../synth/repository/pipeline-writer";
import type { RepositoryPlace } from "../../synth/repository/repository";
import type { Push } from "../actions/actions";
import { mustRun, run } from "../host/command";

/** Who commits in a rehearsal. */
const AUTHOR = [
  "-c",
  "user.name=rehearsal",
  "-c",
  "user.email=rehearsal@example.org",
  "-c",
  "commit.gpgSign=false",
];

/** A clone of the application's repository on this computer, and the bare repository that plays github.com. */
export class WorkingClone {
  private count = 0;

  private constructor(
    /** The clone's root; absolute. */
    public readonly root: string,
    /** The bare repository; absolute. */
    public readonly remote: string,
    /** The project's folder below the root. */
    public readonly projectPath: string,
    private readonly branch: string,
  ) {}

  /**
   * Copies a repository as it lies there, with what isn't committed yet and without what git ignores, but for the
   * project's `.env`.
   *
   * @param place of the user's project
   * @param folder for both repositories; absolute
   * @param envFile of the project, below its folder
   */
  public static async of(
    place: RepositoryPlace,
    folder: string,
    branch: string,
    envFile: string,
  ): Promise<WorkingClone> {
    const clone = new WorkingClone(
      join(folder, "repository", basename(place.root)),
      join(folder, "github.git"),
      place.projectPath,
      branch,
    );
    for (const path of await filesOf(place.root)) copy(join(place.root, path), join(clone.root, path));
    const env = join(place.root, place.projectPath, envFile);
    if (existsSync(env)) copy(env, join(clone.project, envFile));
    await mustRun("git", ["init", "--quiet", "--bare", clone.remote]);
    await mustRun("git", ["-C", clone.remote, "config", "uploadpack.allowReachableSHA1InWant", "true"]);
    await clone.git("init", "--quiet");
    await clone.git("checkout", "--quiet", "-b", branch);
    await clone.git("remote", "add", "origin", clone.remote);
    writeFileSync(join(clone.root, ".git", "info", "exclude"), `${envFile}\n`);
    return clone;
  }

  /** The project's folder; absolute. */
  public get project(): string {
    return join(this.root, this.projectPath);
  }

  /** Writes the pipeline's files. */
  public addPipeline(files: readonly PipelineFile[]): void {
    writePipeline(this.root, files);
  }

  /** Paths below the project's folder of what is in the last commit. */
  public async files(): Promise<string[]> {
    const listed = await mustRun("git", ["-C", this.project, "ls-files", "-z"]);
    return listed.split("\0").filter((path) => path !== "");
  }

  /** Text of one of the project's files. */
  public read(path: string): string {
    return readFileSync(join(this.project, path), "utf8");
  }

  /** Writes one of the project's files. */
  public write(path: string, text: string): void {
    const file = join(this.project, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  }

  public remove(path: string): void {
    rmSync(join(this.project, path), { force: true });
  }

  /** Commits everything and pushes it. A file with a number makes each commit another one. */
  public async push(message: string): Promise<Push> {
    this.write("rehearsal.txt", `${++this.count}\n`);
    // The pipeline's own files are wanted, whatever a .gitignore says.
    await this.git("add", "--all");
    await this.git("add", "--force", WORKFLOW_PATH, join(this.projectPath, "deploy"));
    await this.git(...AUTHOR, "commit", "--quiet", "--no-verify", "--message", message);
    await this.git("push", "--quiet", "origin", this.branch);
    const sha = (await this.git("rev-parse", "HEAD")).trim();
    return { sha, message, workflow: await this.git("show", `${sha}:${WORKFLOW_PATH}`) };
  }

  private git(...args: string[]): Promise<string> {
    return mustRun("git", ["-C", this.root, ...args], {
      GIT_CONFIG_GLOBAL: "/dev/null",
      GIT_CONFIG_SYSTEM: "/dev/null",
    });
  }
}

/** Paths below a repository's root that a commit of everything would hold. */
async function filesOf(root: string): Promise<string[]> {
  const list = ["ls-files", "-z", "--cached", "--others", "--exclude-standard"];
  const { status, stdout } = await run("git", ["-c", `safe.directory=${root}`, "-C", root, ...list]);
  // A folder that no git keeps is taken for one that has just begun.
  const found = status === 0 ? stdout : await withoutGit(root);
  const paths = found
    .split("\0")
    .filter((path) => path !== "" && !/(^|\/)(rehearsal\.txt|\.env)$/.test(path));
  return [...new Set(paths)].filter(
    (path) => lstatSync(join(root, path), { throwIfNoEntry: false })?.isDirectory() === false,
  );
}

/** The same of a folder that no git keeps; what a .gitignore says holds there, too. */
async function withoutGit(root: string): Promise<string> {
  const script = [
    'folder=$(mktemp -d) && trap \'rm -rf "$folder"\' EXIT && git init --quiet --bare "$folder"',
    'cd "$1" && git --git-dir="$folder" --work-tree=. ls-files -z --others --exclude-standard',
  ].join(" && ");
  return mustRun("bash", ["-c", script, "list", root]);
}

function copy(from: string, to: string): void {
  mkdirSync(dirname(to), { recursive: true });
  if (lstatSync(from).isSymbolicLink()) symlinkSync(readlinkSync(from), to);
  else copyFileSync(from, to);
}
