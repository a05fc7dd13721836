import { explainAws } from "../../../cli/aws/failure";
import { Log } from "../../../cli/session/log";
import { TerraformError } from "../../../cli/terraform/terraform-stack";
import type { Workspace } from "../../../cli/workspace/workspace";
import type { Host } from "../../../config/host";

const WORKSPACE = { root: "/x", log: new Log("/x", "host") } as Workspace;
const HOST = {
  region: "eu-central-1",
  zone: "eu-central-1a",
  instanceType: { name: "t4g.small" },
  stateBucket: "team-terraform",
} as Host;

const explained = (...texts: string[]): string => {
  const diagnostics = texts.map((summary) => ({ severity: "error", summary, detail: "" }) as const);
  return explainAws(WORKSPACE, HOST, new TerraformError("host", "apply", diagnostics)).message;
};

it.each([
  ["No valid credential sources found", /there are no credentials[^]*aws configure/],
  [
    "api error ExpiredToken: The security token included in the request is expired",
    /have expired[^]*aws sso login/,
  ],
  [
    "api error InvalidClientTokenId: The security token is invalid",
    /doesn't know the credentials[^]*get-caller-identity/,
  ],
  [
    "api error UnauthorizedOperation: You are not authorized to perform: ec2:CreateVpc on this resource",
    /AWS is closed for ec2:CreateVpc/,
  ],
  [
    "api error InsufficientInstanceCapacity: try later",
    /"t4g\.small", which AWS doesn't have in eu-central-1a/,
  ],
  [
    "api error AddressLimitExceeded: The maximum number of addresses has been reached",
    /at a limit of your account/,
  ],
  [
    "creating IAM OIDC Provider: operation error IAM: CreateOpenIDConnectProvider, https response error StatusCode: 409, RequestID: x, EntityAlreadyExists: Provider with url https://token.actions.githubusercontent.com already exists.",
    /has GitHub's OIDC provider already[^]*oidcProvider: "existing"/,
  ],
  [
    "reading IAM OIDC Provider (https://token.actions.githubusercontent.com): couldn't find resource",
    /has no OIDC provider of GitHub[^]*leave oidcProvider out/,
  ],
  ["api error OperationNotPermitted: The instance may not be terminated", /--replace-machine/],
  [
    'Error refreshing state: S3 bucket "team-terraform" does not exist',
    /"team-terraform", which doesn't exist/,
  ],
  ["something that nobody foresaw", /terraform apply \(stack host\)[^]*\.deployment\/log\/host\.log/],
])("%s", (said, message) => expect(explained(said)).toMatch(message));

it("says the same thing once, though each resource met it", () => {
  expect(
    explained("No valid credential sources found", "No valid credential sources found").match(/✗/g),
  ).toHaveLength(1);
});

it("of a lock in S3 it names the way out for a run that was killed", () => {
  const detail =
    "Lock Info:\n  ID:        0c0b21ff\n  Operation: OperationTypeApply\n  Who:       ann@laptop\n";
  const error = new TerraformError("host", "plan", [
    { severity: "error", summary: "Error acquiring the state lock", detail },
  ]);
  expect(explainAws(WORKSPACE, HOST, error).message).toMatch(
    /Apply by ann@laptop[^]*terraform force-unlock 0c0b21ff/,
  );
});

it("leaves other errors as they are", () => {
  const error = new Error("x");
  expect(explainAws(WORKSPACE, HOST, error)).toBe(error);
});
