import { createHash } from "node:crypto";

/** Words in a commit's message for which GitHub starts no run (docs.github.com, "Skipping workflow runs"). */
const SKIP = /\[(skip ci|ci skip|no ci|skip actions|actions skip)\]/;

export interface Commit {
  readonly sha: string;
  readonly message: string;
  /** Path → bytes. */
  readonly files: ReadonlyMap<string, Buffer>;
}

/** A change that GitHub refuses, and the status with which it does. */
export class Refusal extends Error {
  public constructor(
    public readonly status: number,
    message: string,
  ) {
    super(message);
  }
}

/** A branch with its commits, and the runs that they have started. */
export class Branch {
  private readonly commits: Commit[] = [];
  /** The commits for which a workflow ran, the oldest first. */
  public readonly runs: Commit[] = [];

  public constructor(files: ReadonlyMap<string, Buffer>) {
    this.push("First commit", files);
  }

  public get head(): Commit {
    const head = this.commits.at(-1);
    if (!head) throw new Error("a branch has a commit");
    return head;
  }

  public commit(sha: string): Commit | undefined {
    return this.commits.find((commit) => commit.sha === sha);
  }

  /** All messages, the oldest first. */
  public get messages(): string[] {
    return this.commits.map(({ message }) => message);
  }

  /** A push of one commit with all files. A run starts when there is a workflow in it, and the message has no objection. */
  public push(message: string, files: ReadonlyMap<string, Buffer>): Commit {
    const hash = createHash("sha1").update(`${this.commits.length}\0${message}`);
    for (const [path, bytes] of files) hash.update(`${path}\0`).update(bytes);
    const commit = { sha: hash.digest("hex"), message, files };
    this.commits.push(commit);
    const hasWorkflow = [...files.keys()].some((path) => /^\.github\/workflows\/[^/]+\.ya?ml$/.test(path));
    if (hasWorkflow && !SKIP.test(message)) this.runs.push(commit);
    return commit;
  }

  /**
   * Changes one file, as the contents API does.
   *
   * @param sha what the caller takes the file to be. @default it isn't there
   * @throws {@link Refusal} when it is another by now
   */
  public put(
    path: string,
    bytes: Buffer,
    message: string,
    sha: string | undefined,
  ): { commit: Commit; made: boolean } {
    const made = this.requireKnown(path, sha) === undefined;
    return { commit: this.push(message, new Map(this.head.files).set(path, bytes)), made };
  }

  /** @throws {@link Refusal} when it isn't there, or is another by now */
  public remove(path: string, message: string, sha: string): Commit {
    if (this.requireKnown(path, sha) === undefined) throw new Refusal(404, "Not Found");
    const files = new Map(this.head.files);
    files.delete(path);
    return this.push(message, files);
  }

  private requireKnown(path: string, sha: string | undefined): Buffer | undefined {
    const bytes = this.head.files.get(path);
    if (bytes === undefined) return undefined;
    if (sha === undefined) throw new Refusal(422, `Invalid request.\n\n"sha" wasn't supplied.`);
    if (sha !== blobSha(bytes)) throw new Refusal(409, `${path} does not match ${sha}`);
    return bytes;
  }
}

/** Git's name of a file's bytes. */
export function blobSha(bytes: Buffer): string {
  return createHash("sha1").update(`blob ${bytes.length}\0`).update(bytes).digest("hex");
}
