import { Branch, type Commit, Refusal, blobSha } from "./branch";
import { FakeEnvironment } from "./environment";

export interface FakeRepositoryProps {
  readonly owner: string;
  readonly name: string;
  /** Users by name, with their numbers. @default none but the owner */
  readonly users?: Readonly<Record<string, number>>;
  /** The default branch. @default main */
  readonly branch?: string;
  /** What has been pushed to the default branch. @default a README */
  readonly files?: ReadonlyMap<string, Buffer>;
}

/** Numbers that GitHub knows the owner and the repository by. */
const [OWNER_ID, REPOSITORY_ID] = [123456, 456789];

/** One repository of GitHub: its branch, its environments, and who may be asked. */
export class FakeRepository {
  public readonly defaultBranch: string;
  public readonly environments = new Map<string, FakeEnvironment>();
  /** Where it is served; set when it is known. */
  public url = "";
  private readonly main: Branch;
  private ticks = 0;
  private made = 0;

  public constructor(public readonly props: FakeRepositoryProps) {
    this.defaultBranch = props.branch ?? "main";
    this.main = new Branch(props.files ?? new Map([["README.md", Buffer.from("# A site\n")]]));
  }

  public get id(): number {
    return REPOSITORY_ID;
  }

  /** First part of the subject of its tokens, as repositories made since June 2026 have it. */
  public get subject(): string {
    const { owner, name } = this.props;
    return `repo:${owner}@${OWNER_ID}/${name}@${REPOSITORY_ID}`;
  }

  public branch(name: string): Branch {
    if (name !== this.defaultBranch) throw new Refusal(404, "Branch not found");
    return this.main;
  }

  public commit(ref: string): Commit {
    const commit = this.main.commit(ref) ?? (ref === this.defaultBranch ? this.main.head : undefined);
    if (!commit) throw new Refusal(422, `No commit found for SHA: ${ref}`);
    return commit;
  }

  public environment(name: string): FakeEnvironment {
    const environment = this.environments.get(name);
    if (!environment) throw new Refusal(404, "Not Found");
    return environment;
  }

  public provideEnvironment(name: string): FakeEnvironment {
    const environment =
      this.environments.get(name) ?? new FakeEnvironment(++this.made, name, () => this.now());
    this.environments.set(name, environment);
    return environment;
  }

  public user(login: string): object {
    const id = login === this.props.owner ? OWNER_ID : this.props.users?.[login];
    if (id === undefined) throw new Refusal(404, "Not Found");
    return { login, id, type: "User" };
  }

  public describe(): object {
    const { owner, name } = this.props;
    return {
      id: this.id,
      name,
      full_name: `${owner}/${name}`,
      private: true,
      default_branch: this.defaultBranch,
      owner: { login: owner, id: OWNER_ID, type: "User" },
      permissions: { admin: true, push: true, pull: true },
    };
  }

  public describeEnvironment({ id, name, reviewers, branchPolicy }: FakeEnvironment): object {
    const now = "2026-01-01T00:00:00Z";
    const users = Object.entries(this.props.users ?? {});
    const asked = reviewers.map((reviewer) => ({
      type: "User",
      reviewer: { login: users.find(([, number]) => number === reviewer)?.[0], id: reviewer, type: "User" },
    }));
    return {
      id,
      node_id: `EN_${id}`,
      name,
      url: `${this.url}/environments/${name}`,
      html_url: `${this.url}/environments/${name}`,
      created_at: now,
      updated_at: now,
      can_admins_bypass: true,
      protection_rules: [
        ...(asked.length > 0
          ? [
              {
                id: 1,
                node_id: "GA_1",
                type: "required_reviewers",
                prevent_self_review: false,
                reviewers: asked,
              },
            ]
          : []),
        ...(branchPolicy ? [{ id: 2, node_id: "GA_2", type: "branch_policy" }] : []),
      ],
      deployment_branch_policy: branchPolicy,
    };
  }

  public describeFile(path: string, ref: string, bytes: Buffer): object {
    // The provider reads the branch out of this address.
    const url = `${this.url}/contents/${path}?ref=${ref}`;
    return {
      type: "file",
      name: path.split("/").at(-1),
      path,
      sha: blobSha(bytes),
      size: bytes.length,
      url,
      git_url: url,
      html_url: url,
      download_url: url,
      _links: { self: url, git: url, html: url },
    };
  }

  /** A clock of its own, which goes on with each look: what was changed is told by its time. */
  private now(): string {
    return new Date(Date.UTC(2026, 0, 1) + ++this.ticks * 1000).toISOString().replace(".000", "");
  }
}
