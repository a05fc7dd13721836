import { explainGitHub } from "../../../cli/github/failure";
import { Log } from "../../../cli/session/log";
import { TerraformError } from "../../../cli/terraform/terraform-stack";
import type { Workspace } from "../../../cli/workspace/workspace";
import type { Host } from "../../../config/host";
import { guestbookRepository } from "../../support/github-stack";

const WORKSPACE = { root: "/x", log: new Log("/x", "deploy") } as Workspace;
const HOST = { region: "eu-central-1", stateBucket: "team-terraform" } as Host;

const explained = (...texts: string[]): string => {
  const diagnostics = texts.map((summary) => ({ severity: "error", summary, detail: "" }) as const);
  const error = new TerraformError("pipeline", "apply", diagnostics);
  return explainGitHub(WORKSPACE, guestbookRepository(), HOST, error).message;
};

const PUT = "PUT https://api.github.com/repos/octocat/guestbook/contents/deploy/MANIFEST:";

it.each([
  [
    "terraform init failed │ Error: Failed to query available provider packages │ Could not retrieve the list of available versions for provider │ integrations/github: could not connect",
    /provider for GitHub is not to be had[^]*make pipeline-files/,
  ],
  ["GET https://api.github.com/user: 401 Bad credentials []", /GITHUB_TOKEN is refused by GitHub \(401 Bad/],
  [
    `${PUT} 403 Resource not accessible by personal access token []`,
    /without the right to change what the pipeline needs of octocat\/guestbook/,
  ],
  [
    `${PUT} 409 Repository rule violations found: Changes must be made through a pull request. []`,
    /github\.branch is "main", to which GitHub lets nobody commit directly/,
  ],
  [
    "GET https://api.github.com/repos/octocat/guestbook: 404 Not Found []",
    /"octocat\/guestbook", which doesn't exist/,
  ],
  [
    'Error refreshing state: S3 bucket "team-terraform" does not exist',
    /"team-terraform", which doesn't exist/,
  ],
  ["something that nobody foresaw", /terraform apply \(stack pipeline\)[^]*\.deployment\/log\/deploy\.log/],
])("%s", (said, message) => expect(explained(said)).toMatch(message));

it("says the same thing once, though each resource met it", () =>
  expect(explained(`${PUT} 401 Bad credentials`, `${PUT} 401 Bad credentials`).match(/✗/g)).toHaveLength(1));

it("leaves other errors alone", () => {
  const error = new Error("x");
  expect(explainGitHub(WORKSPACE, guestbookRepository(), HOST, error)).toBe(error);
});
