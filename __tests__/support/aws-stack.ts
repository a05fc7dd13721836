import { AwsProvider } from "@cdktf/provider-aws/lib/provider";
import { App, TerraformStack, Testing } from "cdktf";
import type { Construct } from "constructs";
import type { StackJson } from "./assertions";
import { temporaryFolder } from "./synthesis";

/** A stack with AWS's provider and nothing but what a test puts into it. */
export function awsStackWith(build: (scope: Construct) => void): StackJson {
  const stack = new TerraformStack(new App({ outdir: temporaryFolder(), stackTraces: false }), "stack");
  new AwsProvider(stack, "aws", { region: "eu-central-1" });
  build(stack);
  return JSON.parse(Testing.synth(stack, true)) as StackJson;
}
