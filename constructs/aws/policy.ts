import { Fn } from "cdktf";

/** One statement of an IAM policy (docs.aws.amazon.com/IAM, "IAM JSON policy elements"). */
export interface PolicyStatement {
  readonly Sid?: string;
  readonly Effect: "Allow" | "Deny";
  readonly Principal?: "*" | Readonly<Record<string, string>>;
  readonly Action: string | readonly string[];
  /** @default none: a trust policy is about the role that has it */
  readonly Resource?: string | readonly string[];
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

/** An IAM policy's text. ARNs in it may be tokens. */
export function policyDocument(statements: readonly PolicyStatement[]): string {
  return Fn.jsonencode({ Version: "2012-10-17", Statement: statements });
}

/**
 * Lets an AWS service take a role.
 *
 * @param service its principal, for example `ec2.amazonaws.com`
 */
export function trustPolicy(service: string): string {
  return policyDocument([{ Effect: "Allow", Principal: { Service: service }, Action: "sts:AssumeRole" }]);
}
