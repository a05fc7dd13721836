import { spawnSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { FakeAws } from "../../rehearsal/aws/fake-aws";
import { MINUTE } from "../e2e/support/counts";
import { describeWithAwsProvider, pythonPrograms } from "../support/aws";
import { ROOT, guestbookOnGitHub } from "../support/guestbook";
import { HostOnFakeAws } from "../support/host-on-fake-aws";
import { HOST_STACKS, type HostStackName, folderWith, programFolder } from "../support/synthesis";
import { EXCEPTIONS } from "./checkov-exceptions";

/** What checkov says, as far as it is read here. */
interface Report {
  readonly results: { readonly failed_checks: readonly { check_id: string; resource: string }[] };
  readonly summary: { readonly passed: number; readonly parsing_errors: number };
}

let programs = "";

function reportOn(planJson: string): Report {
  const folder = folderWith({ "plan.json": planJson });
  const args = ["--file", join(folder, "plan.json"), "--framework", "terraform_plan", "--output", "json"];
  const { stdout, stderr, error } = spawnSync(
    join(programs, "checkov"),
    [...args, "--skip-download", "--quiet"],
    {
      cwd: folder,
      encoding: "utf8",
      maxBuffer: 64 * 2 ** 20,
    },
  );
  if (error) throw error;
  if (!stdout.trimStart().startsWith("{")) throw new Error(`checkov gave no report:\n${stdout}${stderr}`);
  return JSON.parse(stdout) as Report;
}

describeWithAwsProvider()("checkov finds in the plan of", () => {
  const plans = new Map<HostStackName, string>();

  beforeAll(async () => {
    programs = pythonPrograms("checkov");
    const aws = await FakeAws.start({ programs: pythonPrograms("moto"), root: ROOT });
    try {
      const root = programFolder();
      const deployment = guestbookOnGitHub(root);
      const key = deployment.host?.keys.host.file ?? "";
      mkdirSync(dirname(key), { recursive: true });
      writeFileSync(key, "a key");
      const host = new HostOnFakeAws(aws, root, true);
      host.synth(deployment);
      plans.set("host-data", host.planJson("host-data"));
      host.pretendData();
      plans.set("host", host.planJson("host"));
    } finally {
      await aws.stop();
    }
  }, 20 * MINUTE);

  it.each(HOST_STACKS)("%s what has a reason to be so, and nothing else", (name) => {
    const { results, summary } = reportOn(plans.get(name) ?? "");
    expect(summary).toMatchObject({ parsing_errors: 0 });
    // It has looked at all, not at an empty file.
    expect(summary.passed).toBeGreaterThan(20);
    expect(
      results.failed_checks.map(({ resource, check_id: check }) => `${resource} ${check}`).sort(),
    ).toEqual(EXCEPTIONS[name].map(({ resource, check }) => `${resource} ${check}`).sort());
  });
});
