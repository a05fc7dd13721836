import { FakeGitHub } from "../../rehearsal/github/fake-github";
import { ROOT } from "../support/guestbook";

const WORKFLOW = ".github/workflows/deploy.yml";

let github: FakeGitHub;
beforeEach(async () => {
  github = await FakeGitHub.start({ root: ROOT, owner: "octocat", name: "guestbook" });
});
afterEach(() => github.stop());

interface Said {
  readonly status: number;
  readonly body: Record<string, unknown>;
}

async function ask(method: string, path: string, body?: object): Promise<Said> {
  const response = await fetch(`${github.url}${path}`, {
    method,
    headers: { authorization: `Bearer ${github.token}` },
    body: body && JSON.stringify(body),
  });
  const text = await response.text();
  return { status: response.status, body: text === "" ? {} : (JSON.parse(text) as Record<string, unknown>) };
}

function put(path: string, text: string, message: string, sha?: string): Promise<Said> {
  const content = Buffer.from(text).toString("base64");
  return ask("PUT", `/repos/octocat/guestbook/contents/${path}`, { content, message, branch: "main", sha });
}

describe("the fake GitHub", () => {
  it("starts one run for the commits that don't say otherwise, once there is a workflow", async () => {
    await put("a", "1", "without a workflow");
    await put(WORKFLOW, "on: push", "the workflow [skip ci]");
    await put("b", "1", "b [ci skip]");
    await put("c", "1", "c");
    const main = github.repository.branch("main");
    expect(main.runs.map(({ message }) => message)).toEqual(["c"]);
    expect(main.messages).toHaveLength(5);
    expect(github.violations).toEqual([]);
  });

  it("refuses a change to a file that has changed meanwhile, or that the caller didn't know of", async () => {
    const made = await put("a", "1", "made");
    const { sha } = made.body["content"] as { sha: string };
    expect(made.status).toBe(201);
    expect((await put("a", "2", "changed", sha)).status).toBe(200);
    expect((await put("a", "3", "stale", sha)).status).toBe(409);
    expect((await put("a", "3", "unaware")).status).toBe(422);
  });

  it("refuses, and notes, what GitHub's description doesn't know", async () => {
    expect((await ask("GET", "/repos/octocat/guestbook/nonsense")).status).toBe(404);
    expect((await ask("PUT", "/repos/octocat/guestbook/contents/a", { message: 1 })).status).toBe(422);
    expect(github.violations).toEqual([
      "GET /repos/octocat/guestbook/nonsense: unknown",
      expect.stringMatching(
        /contents\/a: the body must have required property 'content'.*message must be string/,
      ),
    ]);
  });

  it("knows a repository by its number, and below /api/v3, as the provider asks for it", async () => {
    await ask("PUT", "/repos/octocat/guestbook/environments/production");
    const path = "/api/v3/repositories/456789/environments/production/secrets/public-key";
    expect((await ask("GET", path)).body).toEqual(github.repository.environment("production").publicKey);
    expect((await ask("GET", "/repos/octocat/other")).status).toBe(404);
    expect(github.violations).toEqual([]);
  });
});
