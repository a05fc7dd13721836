import { once } from "node:events";
import { type IncomingMessage, type Server, type ServerResponse, createServer } from "node:http";
import type { AddressInfo } from "node:net";
import sodium from "libsodium-wrappers";
import { Refusal } from "./branch";
import { ApiDescription } from "./description";
import { type Answer, OPERATIONS } from "./operations";
import { FakeRepository, type FakeRepositoryProps } from "./repository";

export interface FakeGitHubProps extends FakeRepositoryProps {
  /** The program's own folder, which holds `rehearsal/`; absolute. */
  readonly root: string;
}

/** A request that was answered. */
export interface Asked {
  readonly method: string;
  readonly path: string;
  readonly status: number;
}

/**
 * GitHub's API on this machine, as far as the pipeline needs it, for one repository. Every request and, as far as the
 * description is detailed, every answer is checked against GitHub's own OpenAPI description.
 */
export class FakeGitHub {
  /** Starts it on a free port. */
  public static async start({ root, ...repository }: FakeGitHubProps): Promise<FakeGitHub> {
    await sodium.ready;
    const fake = new FakeGitHub(new ApiDescription(root), new FakeRepository(repository));
    fake.server.listen(0, "127.0.0.1");
    await once(fake.server, "listening");
    fake.repository.url = `${fake.url}/repos/${repository.owner}/${repository.name}`;
    return fake;
  }

  /** A token that it takes; every other one is refused. */
  public readonly token = "ghp_fake";
  /** What was asked for, in order. */
  public readonly asked: Asked[] = [];
  /** Where a request, or an answer of its own, doesn't fit GitHub's description; empty when all is well. */
  public readonly violations: string[] = [];
  /** Refuses a request, for tests: a status and what GitHub says. @default nothing is refused */
  public refuse: (method: string, path: string) => { status: number; message: string } | undefined = () =>
    undefined;

  private readonly server: Server = createServer((request, response) => void this.serve(request, response));

  private constructor(
    private readonly description: ApiDescription,
    public readonly repository: FakeRepository,
  ) {}

  /** Where it listens. */
  public get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** Variables of the environment for a Terraform that talks to it. */
  public get environment(): { readonly GITHUB_TOKEN: string; readonly GITHUB_BASE_URL: string } {
    return { GITHUB_TOKEN: this.token, GITHUB_BASE_URL: this.url };
  }

  public async stop(): Promise<void> {
    this.server.closeAllConnections();
    this.server.close();
    await once(this.server, "close");
  }

  private async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = "GET", headers } = request;
    const { pathname, searchParams } = new URL(request.url ?? "/", this.url);
    const path = this.plain(pathname);
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const text = Buffer.concat(chunks).toString();
    const { status, body } = this.answer(method, path, searchParams, text, headers.authorization ?? "");
    this.asked.push({ method, path, status });
    response.writeHead(status, { "content-type": "application/json; charset=utf-8" });
    response.end(body === undefined ? undefined : JSON.stringify(body));
  }

  private answer(
    method: string,
    path: string,
    query: URLSearchParams,
    text: string,
    authorization: string,
  ): Answer {
    const said = (status: number, message: string): Answer => ({
      status,
      body: { message, status: String(status) },
    });
    if (!new RegExp(`^(bearer|token) ${this.token}$`, "i").test(authorization))
      return said(401, "Bad credentials");
    const refused = this.refuse(method, path);
    if (refused) return said(refused.status, refused.message);
    const match = this.description.match(method, path);
    if (!match) return this.violated(`${method} ${path}`, ["unknown"], said(404, "Not Found"));
    const { values, operation } = match;
    const body = text === "" ? undefined : (JSON.parse(text) as Record<string, unknown> | null);
    const problems = this.description.requestProblems(match, query, body);
    if (problems.length > 0)
      return this.violated(
        `${method} ${path}`,
        problems,
        said(422, `Validation Failed: ${problems.join(", ")}`),
      );
    const { owner, name } = this.repository.props;
    if (values["repo"] !== undefined && `${values["owner"] ?? ""}/${values["repo"]}` !== `${owner}/${name}`)
      return said(404, "Not Found");
    try {
      const handler = OPERATIONS[`${operation.method} ${operation.path}`];
      if (!handler) return this.violated(`${method} ${path}`, ["not made here"], said(404, "Not Found"));
      const answer = handler(this.repository, { values, query, body: body ?? {} });
      const own = this.description.answerProblems(match, answer.status, answer.body);
      return own.length > 0 ? this.violated(`the answer to ${method} ${path}`, own, answer) : answer;
    } catch (error) {
      if (error instanceof Refusal) return said(error.status, error.message);
      return said(500, String(error));
    }
  }

  private violated(what: string, problems: readonly string[], answer: Answer): Answer {
    this.violations.push(`${what}: ${problems.join(", ")}`);
    return answer;
  }

  /** A server of one's own has the API below /api/v3; a repository is known by its number too. */
  private plain(path: string): string {
    const { owner, name } = this.repository.props;
    return path
      .replace(/^\/api\/v3(?=\/)/, "")
      .replace(new RegExp(`^/repositories/${this.repository.id}(?=/|$)`), `/repos/${owner}/${name}`);
  }
}
