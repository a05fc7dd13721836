import * as z from "zod";
import { DeploymentError } from "../../config/errors";
import { type GitHub, fullNameOf } from "../../config/github";
import { githubProblems } from "./problems";

/** Where GitHub's API is. */
const API = "https://api.github.com";

/** The version of the API that the answers are read by. */
const VERSION = "2022-11-28";

export interface GitHubClientProps {
  readonly github: GitHub;
  /** @throws {@link DeploymentError} when it is missing, at the first request */
  readonly token: string | undefined;
  /** Address of the API. @default GitHub's own */
  readonly api?: string;
}

/** What GitHub says of the repository. */
const repositorySchema = z.object({
  full_name: z.string(),
  permissions: z.object({ admin: z.boolean() }).optional(),
});
const subjectSchema = z.object({ use_default: z.boolean(), sub_claim_prefix: z.string().optional() });
const keySchema = z.object({ key_id: z.string(), key: z.string() });

/** A public key of an environment, for which its secrets are sealed. */
export interface PublicKey {
  readonly id: string;
  /** 32 bytes in base64. */
  readonly key: string;
}

interface Answer {
  readonly status: number;
  readonly data: unknown;
}

/** GitHub's API, as far as sealing needs it. Every refusal is a {@link DeploymentError} that says what to do. */
export class GitHubClient {
  public constructor(private readonly props: GitHubClientProps) {}

  /** @throws when the repository isn't there, or is called otherwise */
  public async requireRepository(): Promise<void> {
    const name = fullNameOf(this.props.github);
    const { status, data } = await this.ask("see the files", "GET", "/repos/{owner}/{repo}");
    if (status === 404) throw new DeploymentError([githubProblems.noRepository(name)]);
    const repository = this.read("the repository", repositorySchema, data);
    if (repository.full_name !== name)
      throw new DeploymentError([githubProblems.otherName(name, repository.full_name)]);
    if (repository.permissions?.admin === false)
      throw new DeploymentError([githubProblems.denied(name, "set secrets", "it is no administrator's")]);
  }

  /** @throws when nothing has been pushed to the branch yet */
  public async requireBranch(): Promise<void> {
    const { github } = this.props;
    const { status } = await this.ask("see branches", "GET", "/repos/{owner}/{repo}/branches/{branch}");
    if (status === 404)
      throw new DeploymentError([githubProblems.noBranch(fullNameOf(github), github.branch)]);
  }

  /** First part of the subject of the repository's tokens: new repositories have numbers in it, old ones have none. */
  public async subject(): Promise<string> {
    const { github } = this.props;
    const name = fullNameOf(github);
    const plain = `repo:${name}`;
    const { status, data } = await this.ask(
      "see the OIDC settings",
      "GET",
      "/repos/{owner}/{repo}/actions/oidc/customization/sub",
    );
    // A server of one's own may not know it.
    if (status === 404) return plain;
    const { use_default: isDefault, sub_claim_prefix: prefix } = this.read(
      "the OIDC settings",
      subjectSchema,
      data,
    );
    if (!isDefault) throw new DeploymentError([githubProblems.customSubject(name)]);
    if (prefix === undefined) return plain;
    return prefix.replace(/:$/, "").replace(/^(?!repo:)/, "repo:");
  }

  /** Makes the environment when it is missing. One that is there stays as it is. */
  public async provideEnvironment(): Promise<void> {
    const path = "/repos/{owner}/{repo}/environments/{environment_name}";
    const { status } = await this.ask("see environments", "GET", path);
    if (status !== 404) return;
    const made = await this.ask("make environments", "PUT", path);
    if (made.status === 404 || made.status === 422) {
      const said = messageOf(made.data);
      throw new DeploymentError([githubProblems.noEnvironments(fullNameOf(this.props.github), said)]);
    }
  }

  /** The key for which the environment's secrets are sealed. */
  public async publicKey(): Promise<PublicKey> {
    const path = "/repos/{owner}/{repo}/environments/{environment_name}/secrets/public-key";
    const { data } = await this.ask("set secrets", "GET", path);
    const { key_id: id, key } = this.read("the public key", keySchema, data);
    return { id, key };
  }

  /** @returns the answer when it is one, or says that something isn't there or can't be */
  private async ask(what: string, method: "GET" | "PUT", path: string): Promise<Answer> {
    const { github, token, api = API } = this.props;
    if (token === undefined) throw new DeploymentError([githubProblems.noToken()]);
    const answer = await send(api, token, `${method} ${path}`, {
      owner: github.owner,
      repo: github.repository,
      branch: github.branch,
      environment_name: github.environment,
    });
    if (answer instanceof Error) throw new DeploymentError([githubProblems.unreachable(api, answer.message)]);
    const { status, data, limitedUntil } = answer;
    const said = messageOf(data);
    if (status === 401) throw new DeploymentError([githubProblems.refusedToken(said)]);
    if (limitedUntil !== undefined) throw new DeploymentError([githubProblems.rateLimited(limitedUntil)]);
    if (status === 403) throw new DeploymentError([githubProblems.denied(fullNameOf(github), what, said)]);
    if (status >= 300 && status !== 404 && status !== 422)
      throw new DeploymentError([githubProblems.unexpected(what, `${status} ${said}`)]);
    return { status, data };
  }

  private read<T>(what: string, schema: z.ZodType<T>, data: unknown): T {
    const parsed = schema.safeParse(data);
    if (!parsed.success) throw new DeploymentError([githubProblems.unexpected(what, messageOf(data))]);
    return parsed.data;
  }
}

/** One request by Octokit; nothing else here makes any. */
async function send(
  api: string,
  token: string,
  route: string,
  parameters: Readonly<Record<string, string>>,
): Promise<(Answer & { readonly limitedUntil?: string }) | Error> {
  // ES modules, which this program, being CommonJS, can only import at run time.
  const { request } = await import("@octokit/request");
  try {
    const answer = await request(route, {
      ...placed(route, parameters),
      baseUrl: api.replace(/\/+$/, ""),
      headers: { authorization: `Bearer ${token}`, "x-github-api-version": VERSION },
    });
    return { status: answer.status, data: answer.data as unknown };
  } catch (error) {
    const { status, response } = error as {
      status?: number;
      response?: { data: unknown; headers: Record<string, string | undefined> };
    };
    if (status === undefined || response === undefined)
      return error instanceof Error ? error : new Error(String(error));
    const isLimited = response.headers["x-ratelimit-remaining"] === "0" && (status === 403 || status === 429);
    const reset = Number(response.headers["x-ratelimit-reset"]);
    const until = Number.isFinite(reset) ? `after ${new Date(reset * 1000).toISOString()}` : "later";
    return { status, data: response.data, limitedUntil: isLimited ? until : undefined };
  }
}

/** Parameters that the route has no place for would be sent in the query or the body. */
function placed(route: string, parameters: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(parameters).filter(([name]) => route.includes(`{${name}}`)));
}

function messageOf(data: unknown): string {
  const { message } = (data ?? {}) as { message?: unknown };
  return typeof message === "string" ? message : "it said nothing";
}
