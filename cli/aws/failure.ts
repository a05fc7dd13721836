import { relative } from "node:path";
import { DeploymentError, type Problem } from "../../config/errors";
import { AWS_PIN_FILE } from "../../config/files/aws-pin";
import type { Host } from "../../config/host";
import { lockHolder } from "../deploy/failure";
import { machineProblems } from "../problems";
import type { Diagnostic } from "../terraform/events";
import { TerraformError } from "../terraform/terraform-stack";
import type { Workspace } from "../workspace/workspace";

/** Says what an error of Terraform on AWS means, and what to do about it. */
export function explainAws(workspace: Workspace, host: Host, error: unknown): Error {
  if (!(error instanceof TerraformError)) return error instanceof Error ? error : new Error(String(error));
  const problems = error.diagnostics.map((diagnostic) => explainOne(workspace, host, error, diagnostic));
  // Without credentials each resource says so.
  const different = new Map(problems.map((problem) => [JSON.stringify(problem), problem]));
  return new DeploymentError([...different.values()]);
}

function explainOne(
  { root, log }: Workspace,
  host: Host,
  { stackId, command }: TerraformError,
  { summary, detail }: Diagnostic,
): Problem {
  const text = `${summary} ${detail}`.replace(/\s+/g, " ").trim();
  const known = AWS_ANSWERS.find(({ pattern }) => pattern.test(text));
  if (known) return known.problem(text, host);
  if (summary === "Error acquiring the state lock") {
    return machineProblems.remoteStateLocked(stackId, lockHolder(detail), lockId(detail));
  }
  return machineProblems.terraformFailed(stackId, command, text, relative(root, log.path));
}

/** Id of a state's lock, from Terraform's description of it. */
function lockId(detail: string): string {
  return /^\s*ID:\s*(\S+)$/m.exec(detail)?.[1] ?? "LOCK-ID";
}

/** What AWS answers to those who begin, by the codes of its API (docs.aws.amazon.com, "Error codes for the Amazon EC2 API"). */
const AWS_ANSWERS: readonly {
  readonly pattern: RegExp;
  readonly problem: (text: string, host: Host) => Problem;
}[] = [
  {
    pattern: /AWS account ID not allowed/,
    problem: (text, { account = "" }) =>
      machineProblems.otherAccount(
        /not allowed: (\d{12})/.exec(text)?.[1] ?? "of somebody else",
        account,
        AWS_PIN_FILE,
      ),
  },
  {
    pattern: /No valid credential sources|no EC2 IMDS role found|failed to refresh cached credentials/i,
    problem: () => machineProblems.noAwsCredentials(),
  },
  {
    pattern: /ExpiredToken|token (included in the request )?(is|has) expired|SSO session has expired/i,
    problem: () => machineProblems.expiredAwsCredentials(),
  },
  {
    pattern: /InvalidClientTokenId|AuthFailure|SignatureDoesNotMatch|UnrecognizedClientException/,
    problem: (text, { region }) => machineProblems.refusedAwsCredentials(region, text),
  },
  {
    pattern: /UnauthorizedOperation|AccessDenied|not authorized to perform/,
    problem: (text) => machineProblems.awsDenied(/perform:? ([a-z0-9-]+:\w+)/i.exec(text)?.[1] ?? "", text),
  },
  {
    pattern:
      /InsufficientInstanceCapacity|instance type is not supported in your requested Availability Zone/,
    problem: (_, { instanceType, zone }) => machineProblems.noAwsCapacity(instanceType.name, zone),
  },
  {
    pattern: /AddressLimitExceeded|VcpuLimitExceeded|VpcLimitExceeded|VolumeLimitExceeded|LimitExceeded/,
    problem: (text, { region }) => machineProblems.awsLimit(region, text),
  },
  {
    pattern: /disableApiTermination|may not be terminated/i,
    problem: () => machineProblems.machineProtected(),
  },
  {
    pattern: /creating IAM OIDC Provider.*EntityAlreadyExists/,
    problem: () => machineProblems.oidcProviderExists(),
  },
  {
    pattern: /reading IAM OIDC Provider.*couldn't find resource/,
    problem: () => machineProblems.noOidcProvider(),
  },
  {
    pattern: /NoSuchBucket|S3 bucket .* does not exist/,
    problem: (_, { stateBucket = "" }) => machineProblems.noStateBucket(stateBucket),
  },
];
