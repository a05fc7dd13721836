import { FakeAws } from "../../rehearsal/aws/fake-aws";
import { describeWithAwsProvider, pythonPrograms } from "../support/aws";
import { ROOT } from "../support/guestbook";
import { HOST_STACKS } from "../support/synthesis";
import { Clone } from "./support/clone";
import { LONG, MINUTE } from "./support/counts";
import { type Outcome, errorsOf } from "./support/run";

const REGION = "eu-central-1";
const PIN = "deployment.aws.json";
const ACCOUNT = "123456789012";
const OTHER_ACCOUNT = "210987654321";

let aws: FakeAws;
let other: FakeAws;
let clone: Clone;

describeWithAwsProvider()("a host is made once, on the fake AWS", () => {
  beforeAll(async () => {
    const props = { programs: pythonPrograms("moto"), root: ROOT, quick: true };
    aws = await FakeAws.start(props);
    other = await FakeAws.start({ ...props, account: OTHER_ACCOUNT });
    clone = await Clone.create("host-state");
    clone.configure({ host: { region: REGION } });
    await mustMake("keys");
    await mustMake("synth");
    enter(aws);
    await mustMake("host");
  }, 30 * MINUTE);

  afterAll(async () => {
    for (const fake of [aws, other] as (FakeAws | undefined)[]) await fake?.stop();
  });

  const make = (target: string, args?: string): Promise<Outcome> =>
    clone.make(target, { args, env: aws.environment });

  async function mustMake(target: string, args?: string): Promise<string> {
    return (await clone.mustMake(target, { args, env: aws.environment })).output;
  }

  /** Has the stacks talk to one of the two accounts. */
  function enter(account: FakeAws): void {
    for (const stack of HOST_STACKS) {
      const folder = `cdktf.out/stacks/${stack}`;
      const json = JSON.parse(clone.read(`${folder}/cdk.tf.json`)) as object;
      clone.write(`${folder}/fake_override.tf.json`, JSON.stringify(account.overrideFor(json)));
    }
  }

  const texts = (xml: string, name: string): string[] =>
    [...xml.matchAll(new RegExp(`<${name}>([^<]+)</${name}>`, "g"))].map(([, text = ""]) => text);

  /** Ids of all data volumes, addresses and machines that there are in an account. */
  async function everything(account = aws, region = REGION): Promise<Record<string, string[]>> {
    const volumes = await account.ec2(region, "DescribeVolumes", { "tag:Name": [`${clone.name}-data`] });
    const addresses = await account.ec2(region, "DescribeAddresses");
    const machines = await account.ec2(region, "DescribeInstances", {
      "instance-state-name": ["pending", "running", "stopped"],
    });
    return {
      volumes: [...new Set(texts(volumes, "volumeId"))],
      addresses: texts(addresses, "allocationId"),
      machines: texts(machines, "instanceId"),
    };
  }

  /** Makes the host, which must be refused, with nothing made. @returns the errors' first lines */
  async function refused(target = "host", args?: string): Promise<{ errors: string[]; stderr: string }> {
    const before = [await everything(), await everything(other)];
    const outcome = await make(target, args);
    expect(outcome.status).not.toBe(0);
    expect([await everything(), await everything(other)]).toEqual(before);
    return { errors: errorsOf(outcome), stderr: outcome.stderr };
  }

  it("the first time pins account and region beside deployment.ts", () => {
    expect(JSON.parse(clone.read(PIN))).toEqual({ name: clone.name, account: ACCOUNT, region: REGION });
  });

  it(
    "credentials of another account are refused with both ids, with the pin and without",
    async () => {
      enter(other);
      const pinned = await refused();
      expect(pinned.errors).toEqual([expect.stringContaining(OTHER_ACCOUNT)]);
      expect(pinned.stderr).toContain(ACCOUNT);

      // As a host of before there was a pin: the state knows the account.
      const pin = clone.read(PIN);
      clone.remove(PIN);
      const unpinned = await refused();
      expect(unpinned.errors).toEqual([expect.stringContaining(OTHER_ACCOUNT)]);
      expect(unpinned.stderr).toContain(`${ACCOUNT}, in which the host was made (the state of host-data)`);
      enter(aws);
      await mustMake("host");
      expect(clone.read(PIN)).toBe(pin);
    },
    30 * MINUTE,
  );

  it(
    "another region is refused before AWS is asked, with the pin and without",
    async () => {
      clone.configure({ host: { region: "eu-west-1" } });
      expect((await refused()).errors).toEqual([
        expect.stringMatching(
          /host\.region is "eu-west-1", and the host of e2e-host-state was made in eu-central-1/,
        ),
      ]);
      const pin = clone.read(PIN);
      clone.remove(PIN);
      expect((await refused()).errors).toEqual([expect.stringContaining("was made in eu-central-1")]);
      clone.write(PIN, pin);
      clone.configure({ host: { region: REGION } });
    },
    30 * MINUTE,
  );

  it(
    "another name is refused before AWS is asked, with the pin and without",
    async () => {
      const pin = clone.read(PIN);
      clone.configure({ name: "another", host: { region: REGION } });
      const expected = [expect.stringMatching(/name is "another", and the host .* "e2e-host-state"/)];
      expect((await refused()).errors).toEqual(expected);
      clone.remove(PIN);
      expect((await refused()).errors).toEqual(expected);
      clone.write(PIN, pin);
      clone.configure({ host: { region: REGION } });
    },
    30 * MINUTE,
  );

  it(
    "a data volume that was deleted by hand is refused, with what AWS has; a new one comes only when it is asked for",
    async () => {
      const [machine = ""] = (await everything())["machines"] ?? [];
      const [volume = ""] = (await everything())["volumes"] ?? [];
      await aws.ec2(
        REGION,
        "DetachVolume",
        {},
        { VolumeId: volume, InstanceId: machine, Device: "/dev/sdf" },
      );
      await aws.ec2(REGION, "DeleteVolume", {}, { VolumeId: volume });
      for (const args of [undefined, "--plan"]) {
        const { errors, stderr } = await refused("host", args);
        expect(errors).toEqual([
          expect.stringMatching(
            new RegExp(
              `^✗ e2e-host-state-data is the host's data volume \\(${volume}\\), and it is gone from AWS`,
            ),
          ),
        ]);
        expect(stderr).toContain("AWS has no other data volume, and no snapshot");
      }
      await mustMake("host", "--lose e2e-host-state-data");
      const after = await everything();
      expect(after["volumes"]).toHaveLength(1);
      expect(after["volumes"]).not.toEqual([volume]);
    },
    30 * MINUTE,
  );

  // Each of some thirty resources is imported by itself, which takes a quarter of an hour.
  (LONG ? describe : describe.skip)("when the states are lost", () => {
    const STATES = ".deployment/state";

    it(
      "nothing is made; AWS's volume, address and machine are named, and the import is offered",
      async () => {
        const { volumes = [], addresses = [], machines = [] } = await everything();
        const host = clone.read(`${STATES}/host.tfstate`);
        clone.remove(`${STATES}/host.tfstate`);
        const half = await refused();
        expect(half.errors).toEqual([expect.stringContaining(machines[0] ?? "none")]);
        expect((await refused("destroy-host", `--name ${clone.name}`)).errors).toEqual(half.errors);
        clone.write(`${STATES}/host.tfstate`, host);

        clone.remove(STATES);
        clone.remove(PIN);
        for (const args of [undefined, "--plan"]) {
          const { errors, stderr } = await refused("host", args);
          expect(errors).toEqual([
            expect.stringMatching(
              new RegExp(
                `^✗ ${volumes[0] ?? "none"} \\(20 GiB, eu-central-1a, made .*attached to ${machines[0] ?? "none"}`,
              ),
            ),
            expect.stringContaining(addresses[0] ?? "none"),
          ]);
          expect(stderr).toContain('make host ARGS="--import"');
        }
      },
      30 * MINUTE,
    );

    it(
      "the import takes over all that is there, may be repeated, and then make host makes no second one",
      async () => {
        const before = await everything();
        const imported = await mustMake("host", "--import");
        expect(imported).toContain("aws_ebs_volume.data");
        expect(await everything()).toEqual(before);
        expect(await mustMake("host", "--import")).toContain("nothing was left to take over");
        await mustMake("host");
        expect(await everything()).toEqual(before);
        const again = await mustMake("host");
        expect(again.match(/: no changes/g)).toHaveLength(2);
      },
      40 * MINUTE,
    );
  });
});
