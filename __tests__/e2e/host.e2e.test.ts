import { FakeAws } from "../../rehearsal/aws/fake-aws";
import { describeWithAwsProvider, pythonPrograms } from "../support/aws";
import { ROOT } from "../support/guestbook";
import { HOST_STACKS } from "../support/synthesis";
import { Clone } from "./support/clone";
import { MINUTE } from "./support/counts";
import { type Outcome, errorsOf } from "./support/run";

const REGION = "eu-central-1";
const KEY = ".deployment/ssh/deploy_ed25519";
const KNOWN_HOSTS = ".deployment/ssh/known_hosts";

let aws: FakeAws;
let clone: Clone;

describeWithAwsProvider()("our commands for the host, on the fake AWS", () => {
  beforeAll(async () => {
    aws = await FakeAws.start({ programs: pythonPrograms("moto"), root: ROOT, quick: true });
    clone = await Clone.create("host");
    clone.configure({ host: { region: REGION } });
  }, 15 * MINUTE);

  afterAll(async () => {
    // Undefined when it did not even start.
    await (aws as FakeAws | undefined)?.stop();
  });

  const make = (target: string, args?: string): Promise<Outcome> =>
    clone.make(target, { args, env: aws.environment });

  async function mustMake(target: string, args?: string): Promise<string> {
    return (await clone.mustMake(target, { args, env: aws.environment })).output;
  }

  /** What the state of a stack knows of one resource. */
  function known(stack: string, address: string): Record<string, unknown> | undefined {
    const { resources } = JSON.parse(clone.read(`.deployment/state/${stack}.tfstate`)) as {
      resources: { type: string; name: string; instances: { attributes: Record<string, unknown> }[] }[];
    };
    return resources.find(({ type, name }) => `${type}.${name}` === address)?.instances[0]?.attributes;
  }

  const machine = (): unknown => known("host", "aws_instance.host")?.["id"];
  const volume = (): unknown => known("host-data", "aws_ebs_volume.data")?.["id"];
  const key = (): unknown => known("host-data", "aws_key_pair.deploy-key")?.["public_key"];
  const address = (): unknown => known("host-data", "aws_eip.address")?.["public_ip"];

  it(
    "without the section there is no host to make",
    async () => {
      clone.configure();
      const outcome = await make("host");
      expect(outcome.status).not.toBe(0);
      expect(errorsOf(outcome)).toEqual([expect.stringContaining("host is missing in deployment.ts")]);
      clone.configure({ host: { region: REGION } });
    },
    15 * MINUTE,
  );

  it(
    "make keys makes what a synth needs, and only once",
    async () => {
      expect((await make("synth")).stderr).toContain("make keys");
      expect(await mustMake("keys")).toContain(`made the ssh key ${KEY}`);
      const key = clone.read(KEY);
      expect(await mustMake("keys")).not.toContain("made");
      expect(clone.read(KEY)).toBe(key);
      expect(await mustMake("synth")).toContain("cdktf.out/stacks");
      // From here on the stacks talk to the fake: a synth leaves this file where it is.
      for (const stack of HOST_STACKS) {
        const json = JSON.parse(clone.read(`cdktf.out/stacks/${stack}/cdk.tf.json`)) as object;
        clone.write(`cdktf.out/stacks/${stack}/fake_override.tf.json`, JSON.stringify(aws.overrideFor(json)));
      }
    },
    15 * MINUTE,
  );

  it(
    "without credentials there is one error that says how to get some",
    async () => {
      const nobody = { ...aws.environment, AWS_ACCESS_KEY_ID: undefined, AWS_SECRET_ACCESS_KEY: undefined };
      const outcome = await clone.make("host", { env: { ...nobody, HOME: clone.folder } });
      expect(outcome.status).not.toBe(0);
      expect(errorsOf(outcome)).toEqual([expect.stringContaining("AWS is closed: there are no credentials")]);
    },
    15 * MINUTE,
  );

  it(
    "--plan says what would be made, and makes nothing",
    async () => {
      const output = await mustMake("host", "--plan");
      expect(output).toContain("host-data: create aws_ebs_volume.data");
      expect(output).toContain("Nothing was changed");
      expect(await aws.ec2(REGION, "DescribeVolumes")).not.toContain("<volumeId>");
    },
    15 * MINUTE,
  );

  it(
    "make host makes the machine, says how to reach it and what it costs; again it changes nothing",
    async () => {
      const output = await mustMake("host");
      expect(clone.read(".deployment/ssh/config")).toContain(`HostName ${String(address())}\n`);
      expect(output).toContain(`aws ssm start-session --region ${REGION} --target ${String(machine())}`);
      expect(output).toMatch(/AWS charges for:\n {2}address: 1 public IPv4 address\n/);
      const [type, key] = clone.read(".deployment/ssh/host_ed25519.pub").split(" ");
      expect(clone.read(KNOWN_HOSTS)).toBe(`${String(address())} ${type ?? ""} ${(key ?? "").trim()}\n`);
      const again = await mustMake("host");
      expect(again.match(/: no changes/g)).toHaveLength(2);
    },
    15 * MINUTE,
  );

  it(
    "to leave with HCL: what cdktf writes of the stacks plans nothing",
    async () => {
      const plan = (stack: string): string =>
        `cp cdktf.out/stacks/${stack}/fake_override.tf.json hcl.out/stacks/${stack}/ && cd hcl.out/stacks/${stack} && ` +
        '"${TERRAFORM_BINARY_NAME:-terraform}" init -no-color >/dev/null && ' +
        '"${TERRAFORM_BINARY_NAME:-terraform}" plan -no-color -detailed-exitcode';
      const plans = HOST_STACKS.map((stack) => `(${plan(stack)})`).join(" && ");
      const { status, output } = await clone.shell(
        `eval "$(tools/environment)" && npx cdktf synth --hcl --output hcl.out && ${plans}`,
        { env: { ...aws.environment, CI: "1", CHECKPOINT_DISABLE: "1" } },
      );
      expect(output).toContain("No changes.");
      expect(status).toBe(0);
    },
    15 * MINUTE,
  );

  it(
    "a plan that would lose the data is refused by name and reason, and nothing is changed",
    async () => {
      const before = [machine(), volume(), address()];
      clone.configure({ host: { region: REGION, zone: `${REGION}b` } });
      const outcome = await make("host");
      clone.configure({ host: { region: REGION } });
      expect(outcome.status).not.toBe(0);
      expect(errorsOf(outcome)).toEqual([
        expect.stringMatching(
          /e2e-host-data is the host's data volume, and the plan would replace it: availability_zone/,
        ),
      ]);
      expect(outcome.stderr).toContain('make host ARGS="--lose e2e-host-data"');
      expect([machine(), volume(), address()]).toEqual(before);
    },
    15 * MINUTE,
  );

  it(
    "a type of another architecture is refused before AWS stops the machine for it",
    async () => {
      clone.configure({ host: { region: REGION, instanceType: "t3.small" } });
      const outcome = await make("host");
      clone.configure({ host: { region: REGION } });
      expect(errorsOf(outcome)).toEqual([
        expect.stringMatching(/e2e-host is the machine[^]*the plan would replace it: instance_type/),
      ]);
      expect(outcome.stderr).toContain("--replace-machine e2e-host");
    },
    15 * MINUTE,
  );

  it(
    "keys that the machine was made with are not made anew, and other ones are refused: nobody could get in any more",
    async () => {
      for (const half of ["deploy_ed25519", "deploy_ed25519.pub"]) clone.remove(`.deployment/ssh/${half}`);
      expect(errorsOf(await make("host"))).toEqual([
        expect.stringMatching(/deploy_ed25519 is missing, and the host of e2e-host was made with these keys/),
      ]);
      await mustMake("keys", "--renew");
      const outcome = await make("host");
      expect(errorsOf(outcome)).toEqual([
        expect.stringMatching(
          /e2e-host is the key that opens the machine, and the plan would replace it: public_key/,
        ),
      ]);
      expect(outcome.stderr).toContain('make host ARGS="--replace-machine e2e-host"');
    },
    15 * MINUTE,
  );

  it(
    "the machine is replaced when its name is typed out, and opened by new keys; volume and address are the same",
    async () => {
      const before = { machine: machine(), volume: volume(), address: address(), key: key() };
      expect((await make("host", "--replace-machine another")).stderr).toContain('is "another"');
      expect(machine()).toBe(before.machine);
      await mustMake("host", "--replace-machine e2e-host");
      expect(machine()).not.toBe(before.machine);
      expect([volume(), address()]).toEqual([before.volume, before.address]);
      expect(key()).not.toBe(before.key);
      expect(known("host", "aws_volume_attachment.instance_data_F9F519FA")).toMatchObject({
        volume_id: before.volume,
        instance_id: machine(),
      });
      expect(known("host", "aws_instance.host")).toMatchObject({ disable_api_termination: true });
    },
    15 * MINUTE,
  );

  it(
    "make destroy-host wants the name, and keeps what must outlive the machine",
    async () => {
      const before = [volume(), address()];
      expect((await make("destroy-host")).stderr).toContain('make destroy-host ARGS="--name e2e-host"');
      expect(machine()).toBeDefined();
      await mustMake("destroy-host", "--name e2e-host");
      expect(machine()).toBeUndefined();
      expect([volume(), address()]).toEqual(before);
      expect(await aws.ec2(REGION, "DescribeVolumes")).toContain(`<volumeId>${String(before[0])}</volumeId>`);
    },
    15 * MINUTE,
  );
});
