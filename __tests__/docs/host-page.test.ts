import { readFileSync } from "node:fs";
import { join } from "node:path";
import { runInNewContext } from "node:vm";
import type { Deployment } from "../../config/deployment";
import { loadDeployment } from "../../config/load";
import type { DeploymentInput } from "../../config/schema";
import { hostKeyParameter } from "../../constructs/aws/host-key";
import { addHostStacks } from "../../synth/add-host-stacks";
import { ROOT, guestbookOnGitHub, guestbookOnHost } from "../support/guestbook";
import { blocksOf, codeIn, pageText, rowsOf, saidIn, sectionOf } from "../support/pages";
import { HOST_STACKS, type Synthesis, programFolder, synthesized } from "../support/synthesis";

const PAGE = "docs/host.md";

function synthesisOf(deploymentOn: (root: string) => Deployment): Synthesis {
  const root = programFolder();
  return synthesized(deploymentOn(root), { root, hostStacks: addHostStacks });
}

const alone = synthesisOf((root) => guestbookOnHost(root));
const withGitHub = synthesisOf((root) => guestbookOnGitHub(root));

/** How many resources of a type the stacks of the host make. */
function countOf(type: string, of: Synthesis): number {
  const made = HOST_STACKS.map((name) => Object.keys(of.stack(name).resource?.[type] ?? {}).length);
  return made.reduce((sum, count) => sum + count, 0);
}

it("the machine of the example is the one that the page describes", () => {
  const [example = ""] = blocksOf(PAGE, "ts");
  const [, input = "{}"] = /defineDeployment\((\{[^]*\})\);/.exec(example) ?? [];
  const { deployment } = loadDeployment(
    {
      ...(runInNewContext(`(${input})`) as DeploymentInput),
      project: { folder: "examples/guestbook" },
    },
    ROOT,
    { withKeys: false },
  );
  const [type, memory, architecture] = saidIn(PAGE, /That is a (\S+) \((\d+) GiB, (\w+)\)/);
  const [disk] = saidIn(PAGE, /with a data volume of (\d+) GiB/);
  const [days] = saidIn(PAGE, /nightly snapshots for (\d+) days/);
  saidIn(PAGE, /no ssh from anywhere/);
  saidIn(PAGE, /in the region's first zone/);
  expect(deployment.host).toMatchObject({
    instanceType: { name: type, memory: Number(memory) * 1024, architecture },
    zone: "eu-central-1a",
    dataDisk: Number(disk),
    backupDays: Number(days),
    ssh: { networks: [] },
  });
});

it("credentials are asked for what the stacks make, by service", () => {
  const [text = ""] = saidIn(PAGE, /They need what these services offer: (.*?)\. For an account/);
  const types = HOST_STACKS.flatMap((name) => Object.keys(withGitHub.stack(name).resource ?? {}));
  const service = (type: string): string => /^aws_(iam|s3|ssm|backup|cloudwatch)_/.exec(type)?.[1] ?? "ec2";
  expect(new Set(codeIn(text.replace(/\([^)]*\)/g, "")))).toEqual(new Set(types.map(service)));
});

it.each([
  ["aws_iam_role", /`iam` \((\d+) roles/, alone],
  ["aws_iam_role", /`iam` \(\d+ roles, (\d+) with a `github` section/, withGitHub],
  ["aws_s3_bucket", /`s3` \((\d+) bucket\)/, alone],
  ["aws_ssm_parameter", /`ssm` \((\d+) parameter\)/, alone],
  ["aws_cloudwatch_metric_alarm", /`cloudwatch` \((\d+) alarms\)/, alone],
  ["aws_cloudwatch_metric_alarm", /roles, machine, (\d+) alarms/, alone],
])("of %s there are as many as the page says (%s)", (type, sentence, synthesis) => {
  expect(countOf(type, synthesis)).toBe(Number(saidIn(PAGE, sentence)[0]));
});

it("the table of stacks has each of them", () => {
  const rows = rowsOf(sectionOf(PAGE, "3. Make it"));
  expect(rows.flatMap(([name = ""]) => codeIn(name))).toEqual(HOST_STACKS);
});

it("the machine writes its status and its log where the page says", () => {
  const [status = "", log = ""] = saidIn(
    PAGE,
    /It is done when `(\S+)` says `ready`.* in `(\/var\/log\/\S+)`/,
  );
  const read = (file: string): string => readFileSync(join(ROOT, file), "utf8");
  expect(read("assets/host/lib/common.sh")).toContain(`${status}.new`);
  expect(read("assets/deploy/runner/lib.sh")).toContain(`:-${status}}`);
  expect(read("assets/host/door")).toContain(`"--status": "${status}"`);
  expect(read("assets/host/door")).toContain(`"${log}"`);
});

it("the machine's private key is in the parameter that the page names", () => {
  expect(pageText(PAGE)).toContain(`\`${hostKeyParameter("NAME")}\``);
});

it("resources on AWS are known by the tag that the page names", () => {
  const [tag = ""] = saidIn(PAGE, /with the deployment's tags? \(`(\S+)=NAME`\)/);
  for (const name of HOST_STACKS)
    expect(JSON.stringify(alone.stack(name).provider)).toContain(`"${tag}":"guestbook"`);
});
