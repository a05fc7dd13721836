import {
  GitHubOidcProvider,
  type GitHubOidcProviderProps,
} from "../../../constructs/aws/github-oidc-provider";
import { type StackJson, countsOf } from "../../support/assertions";
import { awsStackWith } from "../../support/aws-stack";

function stackFor(oidcProvider: GitHubOidcProviderProps["oidcProvider"]): StackJson {
  return awsStackWith((scope) => new GitHubOidcProvider(scope, "github", { oidcProvider }));
}

const URL = "https://token.actions.githubusercontent.com";

describe("GitHubOidcProvider", () => {
  it("is made for AWS's own audience, and for no other", () => {
    const stack = stackFor("create");
    expect(countsOf(stack)).toEqual({ aws_iam_openid_connect_provider: 1 });
    expect(Object.values(stack.resource?.["aws_iam_openid_connect_provider"] ?? {})).toEqual([
      { url: URL, client_id_list: ["sts.amazonaws.com"] },
    ]);
  });

  it("is only looked up where the account has it", () => {
    const stack = stackFor("existing");
    expect(countsOf(stack)).toEqual({});
    expect(Object.values(stack.data?.["aws_iam_openid_connect_provider"] ?? {})).toEqual([{ url: URL }]);
  });
});
