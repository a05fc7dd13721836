import { execFileSync, spawnSync } from "node:child_process";
import { join } from "node:path";
import { LONG } from "../e2e/support/counts";
import { ROOT } from "./guestbook";

/** Exit status of `tools/providers --prebuilt` where a provider would have to be built. */
const WOULD_BUILD = 3;

/**
 * `describe`, where Terraform has the AWS provider: building it takes 40 minutes, which only `make test-long` spends.
 * Elsewhere the tests are skipped, which is said.
 */
export function describeWithAwsProvider(): jest.Describe {
  // Docker's too, since one configuration of Terraform serves all tests.
  const { status, stderr, error } = spawnSync(
    join(ROOT, "tools", "providers"),
    [...(LONG ? [] : ["--prebuilt"]), "docker", "aws"],
    { encoding: "utf8" },
  );
  if (error) throw error;
  if (status === 0) return describe;
  if (status !== WOULD_BUILD)
    throw new Error(`tools/providers ended with status ${status ?? "none"}:\n${stderr}`);
  console.warn(
    `SKIPPED: these tests need Terraform's AWS provider.\n${stderr}` +
      "To run them: make test-long, which builds it, or DEPLOYMENT_PROVIDERS=<folder of built providers> make test.",
  );
  return describe.skip;
}

/** Folder of the programs from PyPI that `tools/python/NAME.txt` lists; installs them when they aren't there. */
export function pythonPrograms(name: "moto" | "awscli" | "checkov" | "parliament"): string {
  return execFileSync(join(ROOT, "tools", "python-programs"), [name], { encoding: "utf8" }).trim();
}

/**
 * What parliament says against a policy: it knows each action of AWS, and the resources and conditions that an action
 * has, from AWS's own Service Authorization Reference.
 *
 * @returns a line for each finding
 */
export function policyFindings(policy: string): string[] {
  const { stdout, stderr, error } = spawnSync(
    join(pythonPrograms("parliament"), "parliament"),
    ["--string", policy],
    { encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] },
  );
  if (error) throw error;
  return `${stdout}${stderr}`.split("\n").filter((line) => line !== "");
}
