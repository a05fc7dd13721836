import { spawn } from "node:child_process";
import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Deployment } from "../../../config/deployment";
import { SshAccess } from "../../../config/host";
import { FakeAws } from "../../../rehearsal/aws/fake-aws";
import { MetadataServer } from "../../../rehearsal/host/metadata";
import { deployFolder } from "../../../synth/repository/deploy-folder";
import { pythonPrograms } from "../../support/aws";
import { ROOT, guestbookOnGitHub } from "../../support/guestbook";
import { projectFilesOf } from "../../support/pipeline";
import { temporaryFolder } from "../../support/synthesis";

const REGION = "eu-central-1";
const MINUTE = 60_000;

/** Minutes for which a run may need its rule: its own time limit, and some. */
const KEPT = 75;

jest.setTimeout(5 * MINUTE);

let aws: FakeAws;
let metadata: MetadataServer;
let group = "";
let awscli = "";
let host: Host;

beforeAll(async () => {
  awscli = pythonPrograms("awscli");
  aws = await FakeAws.start({ programs: pythonPrograms("moto"), root: ROOT });
  group = await newGroup("host");
  metadata = await MetadataServer.start(REGION);
  metadata.groups.push(group);
  metadata.ec2 = aws.url;
  host = new Host(guestbookOnGitHub(ROOT));
});
// Undefined when they did not even start.
afterAll(async () => {
  await (metadata as MetadataServer | undefined)?.stop();
  await (aws as FakeAws | undefined)?.stop();
});

async function newGroup(name: string): Promise<string> {
  const made = await aws.ec2(REGION, "CreateSecurityGroup", {}, { GroupName: name, GroupDescription: name });
  return /<groupId>(sg-\w+)</.exec(made)?.[1] ?? "";
}

/** Descriptions of a group's rules that let somebody in. */
async function rules(of = group): Promise<string[]> {
  const answer = await aws.ec2(REGION, "DescribeSecurityGroupRules", { "group-id": [of] });
  const incoming = answer.split("<item>").filter((rule) => rule.includes("<isEgress>false<"));
  return incoming.map((rule) => /<description>([^<]*)</.exec(rule)?.[1] ?? "").sort();
}

async function letIn(description: string, network: string, of = group): Promise<void> {
  const permission = {
    "IpPermissions.1.IpProtocol": "tcp",
    "IpPermissions.1.FromPort": "22",
    "IpPermissions.1.ToPort": "22",
    "IpPermissions.1.IpRanges.1.CidrIp": network,
    "IpPermissions.1.IpRanges.1.Description": description,
  };
  await aws.ec2(REGION, "AuthorizeSecurityGroupIngress", {}, { GroupId: of, ...permission });
}

interface Ended {
  readonly status: number | null;
  readonly output: string;
}

/** Runs a program while the fakes, which are this process's, can answer. */
async function run(command: readonly string[], env: Readonly<Record<string, string>>): Promise<Ended> {
  const [program = "", ...args] = command;
  const child = spawn(program, args, { env: { PATH: process.env["PATH"] ?? "", ...env } });
  let output = "";
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding("utf8").on("data", (text: string) => (output += text));
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (status) => resolve({ status, output }));
  });
}

/** What a deployment brings to its host, with a release that serves there, and to its runner. */
class Host {
  private readonly folder = temporaryFolder();
  private readonly deploy: string;

  public constructor(deployment: Deployment) {
    this.deploy = join(this.folder, "releases", "20261128T160000Z-aaaaaaa", "deploy");
    const files = deployFolder({ deployment, projectFiles: projectFilesOf(deployment), root: ROOT });
    for (const { path, content, executable } of files) {
      const file = join(this.deploy, path);
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, content);
      if (executable) chmodSync(file, 0o755);
    }
    symlinkSync(dirname(this.deploy), join(this.folder, "current"));
  }

  /** What cron does each ten minutes. */
  public async look(env: Readonly<Record<string, string>> = {}): Promise<Ended> {
    const endpoint = `http://127.0.0.1:${metadata.port}`;
    return run([join(this.folder, "current/deploy/host/release"), "stale-rules"], {
      METADATA_ENDPOINT: endpoint,
      EC2_ENDPOINT: endpoint,
      ...env,
    });
  }

  /** A run of the workflow opens the port, some minutes ago, or closes it. */
  public async runner(action: "open" | "close", runId: string, address: string, minutes = 0): Promise<void> {
    const home = temporaryFolder();
    const then = new Date(Date.now() - minutes * MINUTE).toISOString().replace(/\.\d+/, "");
    const replaced = {
      curl: `#!/bin/sh\ncat >/dev/null\necho '{"value": "web-identity"}'\n`,
      date: `#!/bin/sh\necho ${then}\n`,
    };
    for (const [name, text] of Object.entries(replaced)) {
      writeFileSync(join(home, name), text);
      chmodSync(join(home, name), 0o755);
    }
    const ended = await run(["bash", join(this.deploy, "runner/firewall"), action], {
      PATH: `${home}:${awscli}:${process.env["PATH"] ?? ""}`,
      HOME: home,
      RUNNER_TEMP: home,
      AWS_ENDPOINT_URL: aws.url,
      RUNNER_ROLE: "arn:aws:iam::123456789012:role/runner",
      SECURITY_GROUP: group,
      AWS_REGION: REGION,
      GITHUB_RUN_ID: runId,
      ACTIONS_ID_TOKEN_REQUEST_URL: "https://token.example/?api=1",
      ACTIONS_ID_TOKEN_REQUEST_TOKEN: "request",
      OWN_ADDRESS: address,
    });
    if (ended.status !== 0) throw new Error(ended.output);
  }
}

it("the host removes the rule of a run that was killed, when no run can need it any more, and nothing else", async () => {
  const other = await newGroup("other");
  await letIn("ssh of the office", "203.0.113.0/24");
  await letIn("django-deployment runner 7 2026-01-01T00:00:00Z", "203.0.113.9/32", other);
  await host.runner("open", "41", "198.51.100.1", KEPT - 1);
  expect(await host.look()).toEqual({ status: 0, output: "" });
  expect(await rules()).toEqual([
    expect.stringMatching(/^django-deployment runner 41 \d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/),
    "ssh of the office",
  ]);
  await host.runner("close", "41", "198.51.100.1");
  expect(await rules()).toEqual(["ssh of the office"]);

  await host.runner("open", "42", "198.51.100.2", KEPT + 1);
  const { status, output } = await host.look();
  expect({ status, output }).toEqual({
    status: 0,
    output: expect.stringMatching(/^closed: django-deployment runner 42 \S+\n$/) as string,
  });
  expect(await rules()).toEqual(["ssh of the office"]);
  expect(await rules(other)).toHaveLength(1);
});

it("a rule of an older workflow, which says no time, stays at the first look", async () => {
  await letIn("django-deployment runner 43", "198.51.100.3/32");
  expect(await host.look()).toEqual({ status: 0, output: "" });
  expect(await rules()).toContain("django-deployment runner 43");
});

it("AWS that does not answer is told, and its signature is the role's own", async () => {
  const { status, output } = await host.look({ EC2_ENDPOINT: "http://127.0.0.1:1" });
  expect([status, output]).toEqual([
    1,
    expect.stringMatching(/^✗ http:\/\/127.0.0.1:1 does not answer DescribeSecurityGroupRules: /),
  ]);
  expect(metadata.requests.filter((asked) => asked.startsWith("refused"))).toEqual([]);
  expect(metadata.requests).toContain("ec2");
});

it("a host whose port no runner opens asks nobody", async () => {
  const asked = metadata.requests.length;
  const closed = new Host(guestbookOnGitHub(ROOT, {}, { ssh: SshAccess.ANYWHERE }));
  expect(await closed.look()).toEqual({ status: 0, output: "" });
  expect(metadata.requests).toHaveLength(asked);
});
