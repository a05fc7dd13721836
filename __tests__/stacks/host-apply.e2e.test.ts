import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { MACHINE_AFTER_IMPORT } from "../../cli/aws/import";
import { guard } from "../../cli/terraform/guard";
import { type Plan, changesOf } from "../../cli/terraform/plan";
import { withAttributes } from "../../cli/terraform/state-edit";
import { hostKeyParameter } from "../../constructs/aws/host-key";
import { FakeAws } from "../../rehearsal/aws/fake-aws";
import { LONG, MINUTE } from "../e2e/support/counts";
import { describeWithAwsProvider, policyFindings, pythonPrograms } from "../support/aws";
import { ROOT, guestbookOnGitHub } from "../support/guestbook";
import { HostOnFakeAws } from "../support/host-on-fake-aws";
import { HOST_STACKS, filesBelow, programFolder, temporaryFolder } from "../support/synthesis";
import { type Actions, MACHINE_CHANGES, REFUSED_CHANGES, TAGGED } from "./host-changes";

const itLong = LONG ? it : it.skip;

const REGION = "eu-central-1";

/** Stands for the machine's private key, and is looked for wherever it doesn't belong. */
const SECRET = "cGxhbnRlZC1wcml2YXRlLWtleQ";
const PRIVATE_KEY = `-----BEGIN OPENSSH PRIVATE KEY-----\n${SECRET}\n-----END OPENSSH PRIVATE KEY-----\n`;

const root = programFolder();
const deployment = guestbookOnGitHub(root);
const keyFile = deployment.host?.keys.host.file ?? "";
let programs = "";
let aws: FakeAws;
let host: HostOnFakeAws;

describeWithAwsProvider()("the stacks of a host, on the fake AWS", () => {
  beforeAll(async () => {
    mkdirSync(dirname(keyFile), { recursive: true });
    writeFileSync(keyFile, PRIVATE_KEY, { mode: 0o600 });
    programs = pythonPrograms("moto");
    aws = await FakeAws.start({ programs, root: ROOT, quick: !LONG });
    host = new HostOnFakeAws(aws, root);
    host.synth(deployment);
  }, 15 * MINUTE);

  // Undefined when it did not even start.
  afterAll(() => (aws as FakeAws | undefined)?.stop());

  /** What AWS itself says there is. */
  interface Standing {
    readonly volume: string;
    /** The machine that has the volume; undefined: none has it. */
    readonly volumeOf: string | undefined;
    readonly address: string;
    /** The machine that has the address; undefined: none has it. */
    readonly addressOf: string | undefined;
    /** The machines that were not terminated. */
    readonly machines: readonly string[];
  }

  async function standing(): Promise<Standing> {
    const texts = (xml: string, name: string): string[] =>
      [...xml.matchAll(new RegExp(`<${name}>([^<]+)</${name}>`, "g"))].map(([, text = ""]) => text);
    const volumes = await aws.ec2(REGION, "DescribeVolumes", { "tag:Name": ["guestbook-data"] });
    const addresses = await aws.ec2(REGION, "DescribeAddresses");
    const instances = await aws.ec2(REGION, "DescribeInstances", {
      "instance-state-name": ["running", "stopped"],
    });
    const [volume = "none", ...others] = new Set(texts(volumes, "volumeId"));
    expect(others).toEqual([]);
    return {
      volume,
      volumeOf: texts(volumes, "instanceId")[0],
      address: texts(addresses, "publicIp").join(),
      addressOf: texts(addresses, "instanceId")[0],
      machines: texts(instances, "instanceId"),
    };
  }

  let first: Standing;

  it(
    "both stacks apply, and have nothing to do after that",
    async () => {
      for (const name of HOST_STACKS) host.deploy(name);
      first = await standing();
      expect(first.machines).toHaveLength(1);
      expect(first).toMatchObject({ volumeOf: first.machines[0], addressOf: first.machines[0] });
      for (const name of HOST_STACKS) host.mustBeUpToDate(name);
    },
    15 * MINUTE,
  );

  it(
    "the next apply does not stop a machine that a state was told of anew, to take its user data away",
    () => {
      const complete = (state: string): string =>
        withAttributes(state, new Map([["aws_instance.host", MACHINE_AFTER_IMPORT]]));
      const plan = host.withState(
        "host",
        (state) => state,
        () => {
          host.reimport("host", "aws_instance.host", first.machines[0] ?? "none", complete);
          return host.plan("host");
        },
      );
      const [change] = changesOf(plan).filter(({ type }) => type === "aws_instance");
      const { before, after } = change?.change ?? {};
      const differing = Object.keys({ ...before, ...after }).filter(
        (key) => JSON.stringify(before?.[key]) !== JSON.stringify(after?.[key]),
      );
      // Names that the state lacks; AWS is asked to change nothing for them.
      expect(differing.sort()).toEqual(["root_block_device", "user_data_replace_on_change"]);
    },
    10 * MINUTE,
  );

  it("the outputs say how the machine is reached, and what costs money", () => {
    expect(host.outputs("host")).toEqual({
      address: first.address,
      url: `http://${first.address}/`,
      ssh: `ssh ubuntu@${first.address}`,
      session: `aws ssm start-session --region ${REGION} --target ${first.machines[0] ?? ""}`,
      costs: {
        instance: "t4g.small",
        root_disk: "16 GiB gp3",
        data_volume: "20 GiB gp3",
        address: "1 public IPv4 address",
        snapshots: "14 nightly snapshots of the data volume",
        bucket: "empty: nothing of ours writes dumps into it yet",
        alarms: "2 CloudWatch alarms",
      },
    });
    expect(host.outputs("host-data")).toMatchObject({ "public-address": first.address });
  });

  it("AWS has every action, resource and condition that the roles' policies name", () => {
    const policies = host
      .resources("host", "aws_iam_role_policy")
      .map(({ name, policy }) => [String(name), String(policy)] as const);
    expect(policies.map(([name]) => name).sort()).toEqual([
      "own-address",
      "own-dumps",
      "own-key",
      "session-manager",
      "stale-rules",
    ]);
    for (const [name, policy] of policies)
      expect({ name, found: policyFindings(policy) }).toEqual({ name, found: [] });

    const own = Object.fromEntries(policies)["own-address"] ?? "";
    expect(policyFindings(own.replace("security-group/", "group/"))).not.toEqual([]);
    expect(policyFindings(own.replace("SecurityGroupRules", "SecurityGroupRule"))).not.toEqual([]);
  });

  it("the machine's private key is in the parameter store, and in no state, plan or stack", async () => {
    expect(await aws.parameter(REGION, hostKeyParameter(deployment.name))).toBe(PRIVATE_KEY);

    const files = filesBelow(root);
    for (const name of HOST_STACKS) {
      const unpacked = temporaryFolder();
      execFileSync(join(programs, "python"), [
        "-m",
        "zipfile",
        "-e",
        join(host.folder(name), "plan"),
        unpacked,
      ]);
      for (const [path, bytes] of filesBelow(unpacked)) files.set(`${name}/plan/${path}`, bytes);
    }
    const holding = (text: string): string[] =>
      [...files].filter(([, bytes]) => bytes.includes(text)).map(([path]) => path);
    // Where it would be, were the argument not write-only.
    expect(holding("ssh-host-key")).toEqual(
      expect.arrayContaining([
        ".deployment/state/host-data.tfstate",
        "cdktf.out/stacks/host-data/cdk.tf.json",
        "host-data/plan/tfplan",
      ]),
    );
    expect(holding(SECRET)).toEqual([".deployment/ssh/host_ed25519"]);
    expect(holding(Buffer.from(PRIVATE_KEY).toString("base64"))).toEqual([]);
  });

  it(
    "to leave, the folders and Terraform are enough: copied elsewhere, every plan is empty",
    () => {
      const elsewhere = temporaryFolder();
      // What docs/host.md says to copy; the keys' public halves are in the JSON.
      for (const name of ["cdktf.out", ".deployment"]) {
        cpSync(join(root, name), join(elsewhere, name), { recursive: true });
      }
      const copy = new HostOnFakeAws(aws, elsewhere);
      for (const name of HOST_STACKS) {
        // Where it was never installed, it is: terraform init.
        rmSync(join(copy.folder(name), ".terraform.lock.hcl"));
        copy.mustBeUpToDate(name);
      }
    },
    15 * MINUTE,
  );

  describe("a change while the machine stands", () => {
    afterAll(() => host.synth(deployment));

    const actionsOf = (plan: Plan): Actions =>
      Object.fromEntries(changesOf(plan).map(({ address, change }) => [address, change.actions]));

    it.each(MACHINE_CHANGES)(
      "to $what does what it must, and nothing to the data",
      ({ host: change, state, data = {}, expected }) => {
        const json = (): Buffer => readFileSync(join(host.folder("host-data"), "cdk.tf.json"));
        host.synth(deployment);
        const before = json();
        host.synth(guestbookOnGitHub(root, {}, change));
        expect(json().equals(before) ? {} : actionsOf(host.planOffline("host-data"))).toEqual(data);
        const plan = (): Plan => host.planOffline("host");
        expect(actionsOf(state ? host.withState("host", state, plan) : plan())).toEqual(expected);
      },
    );

    it("of tags replaces nothing", () => {
      host.synth(guestbookOnGitHub(root, {}, { tags: { team: "web" } }));
      expect(actionsOf(host.planOffline("host-data"))).toEqual(TAGGED);
      const machine = actionsOf(host.planOffline("host"));
      expect(machine).toMatchObject({ "aws_instance.host": ["update"] });
      expect(new Set(Object.values(machine).flat())).toEqual(new Set(["update"]));
    });

    it.each(REFUSED_CHANGES)("to $what is refused", ({ host: change, name, args = [], refused }) => {
      const changed = guestbookOnGitHub(root, {}, change);
      host.synth({ ...changed, name: name ?? changed.name });
      const refusals = guard(host.planOffline("host-data", ...args));
      expect(refusals.map(({ address, action, reason }) => [address, action, reason])).toEqual(refused);
    });
  });

  it(
    "AWS refuses to terminate the machine while it is protected",
    async () => {
      expect(() => host.destroy("host", "-refresh=false")).toThrow("OperationNotPermitted");
      // Terraform had stopped it by then, and torn off its volume: only an apply puts that right.
      expect((await standing()).machines).toEqual(first.machines);
    },
    15 * MINUTE,
  );

  // Our own commands show the same (e2e/host).
  itLong(
    "the data and the address stay when the machine goes, and the next one gets them",
    async () => {
      host.apply("host", "-refresh=false", "-target=aws_instance.host", "-var=host_protected=false");
      host.destroy("host", "-refresh=false");
      const { volume, address } = first;
      expect(await standing()).toEqual({
        volume,
        address,
        volumeOf: undefined,
        addressOf: undefined,
        machines: [],
      });

      host.apply("host", "-refresh=false");
      const [machine] = (await standing()).machines;
      expect(machine).not.toBe(first.machines[0]);
      expect(await standing()).toEqual({
        volume,
        address,
        volumeOf: machine,
        addressOf: machine,
        machines: [machine],
      });
    },
    15 * MINUTE,
  );
});
