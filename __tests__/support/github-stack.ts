import { GithubProvider } from "@cdktf/provider-github/lib/provider";
import { App, TerraformStack, Testing } from "cdktf";
import type { Construct } from "constructs";
import type { GitHub } from "../../config/github";
import type { StackJson } from "./assertions";
import { guestbookOnGitHub } from "./guestbook";
import { temporaryFolder } from "./synthesis";

/** A stack with GitHub's provider and nothing but what a test puts into it. */
export function githubStackWith(build: (scope: Construct) => void): StackJson {
  const stack = new TerraformStack(new App({ outdir: temporaryFolder(), stackTraces: false }), "stack");
  new GithubProvider(stack, "github", { owner: "octocat" });
  build(stack);
  return JSON.parse(Testing.synth(stack, true)) as StackJson;
}

/** The guestbook's repository. */
export function guestbookRepository(changes: Partial<GitHub> = {}): GitHub {
  const { github } = guestbookOnGitHub("/srv", changes);
  if (!github) throw new Error("the guestbook has no repository");
  return github;
}
