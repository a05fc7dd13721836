import { DeploymentError, type Problem } from "../../config/errors";
import { type GitHub, fullNameOf } from "../../config/github";
import type { Host } from "../../config/host";
import { explainAws } from "../aws/failure";
import { TerraformError } from "../terraform/terraform-stack";
import type { Workspace } from "../workspace/workspace";
import { githubProblems } from "./problems";

/** Says what an error of Terraform on GitHub means, and what to do about it. */
export function explainGitHub(workspace: Workspace, github: GitHub, host: Host, error: unknown): Error {
  if (!(error instanceof TerraformError)) return error instanceof Error ? error : new Error(String(error));
  const known = error.diagnostics.map(({ summary, detail }) => {
    const text = `${summary} ${detail}`.replace(/\s+/g, " ").trim();
    return ANSWERS.find(({ pattern }) => pattern.test(text))?.problem(text, github);
  });
  // The state may be in S3, and what nobody foresaw is said there too.
  if (known.includes(undefined)) return explainAws(workspace, host, error);
  const problems = known.filter((problem) => problem !== undefined);
  const different = new Map(problems.map((problem) => [JSON.stringify(problem), problem]));
  return new DeploymentError([...different.values()]);
}

/** The end of a long sentence is what GitHub itself says. */
const said = (text: string): string => /(\d{3} .*)$/.exec(text)?.[1]?.slice(0, 200) ?? text.slice(0, 200);

const ANSWERS: readonly {
  readonly pattern: RegExp;
  readonly problem: (text: string, github: GitHub) => Problem;
}[] = [
  {
    pattern:
      /integrations\/github.*(Failed to query|could not|no available|not available)|(Failed to query|Could not retrieve|no available).*integrations\/github/i,
    problem: (text) => githubProblems.noProvider(text.slice(0, 200)),
  },
  { pattern: /\b401\b/, problem: (text) => githubProblems.refusedToken(said(text)) },
  {
    pattern: /\b(409|422)\b.*(rule violations|protected branch|changes must be made through a pull request)/i,
    problem: (text, { branch }) => githubProblems.protectedBranch(branch, said(text)),
  },
  {
    pattern: /\b403\b|Resource not accessible/,
    problem: (text, github) =>
      githubProblems.denied(fullNameOf(github), "change what the pipeline needs", said(text)),
  },
  {
    pattern: /\b404\b.*/,
    problem: (_, github) => githubProblems.noRepository(fullNameOf(github)),
  },
];
