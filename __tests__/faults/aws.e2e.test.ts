import { Clone } from "../e2e/support/clone";
import { MINUTE } from "../e2e/support/counts";
import type { Outcome } from "../e2e/support/run";
import { FakeAws } from "../../rehearsal/aws/fake-aws";
import { describeWithAwsProvider, pythonPrograms } from "../support/aws";
import { ROOT } from "../support/guestbook";
import { HOST_STACKS } from "../support/synthesis";
import type { Result } from "../../docs/generator/faults";
import { describeResult, recordResult } from "./support/results";
import { reasonIn } from "./support/trial";
import { SETTINGS, TRIED_COMMIT, nameOfTried } from "./support/settings";

const REGION = "eu-central-1";
const STATE = ".deployment/state/host-data.tfstate";
const SURVIVED =
  "refused before anything is made, with what AWS has and the import offered; no second volume";

let aws: FakeAws;
let another: FakeAws;
let clone: Clone;

describeWithAwsProvider()("fault 27: what Terraform knows of the data volume, and what AWS has", () => {
  beforeAll(async () => {
    const props = { programs: pythonPrograms("moto"), root: ROOT, quick: true };
    aws = await FakeAws.start(props);
    another = await FakeAws.start({ ...props, account: "210987654321" });
    clone = await Clone.create("flt-aws", { commit: TRIED_COMMIT });
    clone.configure({ host: { region: REGION } });
    await clone.mustMake("keys");
    await clone.mustMake("synth");
    talkTo(aws);
    await clone.mustMake("host", { env: aws.environment });
  }, 8 * MINUTE);

  afterAll(async () => {
    // Undefined when they did not even start.
    for (const fake of [aws, another] as (FakeAws | undefined)[]) await fake?.stop();
  });

  /** Lets the stacks talk to a fake of AWS; a synth leaves this file where it is. */
  function talkTo(fake: FakeAws): void {
    for (const stack of HOST_STACKS) {
      const json = JSON.parse(clone.read(`cdktf.out/stacks/${stack}/cdk.tf.json`)) as object;
      const override = JSON.stringify(fake.overrideFor(json));
      clone.write(`cdktf.out/stacks/${stack}/fake_override.tf.json`, override);
    }
  }

  const describeVolumes = (fake: FakeAws): Promise<string> =>
    fake.ec2(REGION, "DescribeVolumes", { "tag:Name": [`${clone.name}-data`] });

  const texts = (xml: string, name: string): string[] =>
    [...xml.matchAll(new RegExp(`<${name}>([^<]+)</${name}>`, "g"))].map(([, text = ""]) => text);

  // A volume that is attached is named twice.
  const volumesOf = async (fake: FakeAws): Promise<string[]> => [
    ...new Set(texts(await describeVolumes(fake), "volumeId")),
  ];

  const MISHAPS: readonly {
    readonly title: string;
    readonly happen: () => Promise<void>;
    readonly undo: () => Promise<void>;
    readonly says: RegExp;
  }[] = (() => {
    let state = "";
    return [
      {
        title: "state of host-data lost",
        happen: () => {
          state = clone.read(STATE);
          clone.remove(STATE);
          return Promise.resolve();
        },
        undo: () => {
          clone.write(STATE, state);
          return Promise.resolve();
        },
        says: /vol-[0-9a-f]+[^]*import/,
      },
      {
        title: "another account's keys",
        happen: () => {
          talkTo(another);
          return Promise.resolve();
        },
        undo: () => {
          talkTo(aws);
          return Promise.resolve();
        },
        says: /account[^]*\d{12}/,
      },
      {
        // The last, for nothing brings it back.
        title: "data volume deleted by hand",
        happen: async () => {
          const xml = await describeVolumes(aws);
          const [VolumeId = "", InstanceId = "", Device = ""] = ["volumeId", "instanceId", "device"].flatMap(
            (name) => texts(xml, name)[0] ?? [],
          );
          await aws.ec2(REGION, "DetachVolume", {}, { VolumeId, InstanceId, Device });
          await aws.ec2(REGION, "DeleteVolume", {}, { VolumeId });
        },
        undo: () => Promise.resolve(),
        says: /volume/,
      },
    ];
  })();

  it.each(MISHAPS)(
    "$title: refused, and no second volume is made",
    async ({ title, happen, undo, says }) => {
      await happen();
      const before = [await volumesOf(aws), await volumesOf(another)];
      const outcome = await clone.make("host", { env: aws.environment });
      const after = [await volumesOf(aws), await volumesOf(another)];
      await undo();
      const result = resultOf(title, outcome, says, before, after);
      console.log(describeResult(result));
      if (SETTINGS.record) recordResult(SETTINGS.before ? "before" : "after", result);
      expect(SETTINGS.before ? [] : result.missed).toEqual([]);
    },
    5 * MINUTE,
  );
});

function resultOf(
  title: string,
  { status, output }: Outcome,
  says: RegExp,
  before: readonly string[][],
  after: readonly string[][],
): Result {
  const made = after.flat().filter((volume) => !before.flat().includes(volume));
  const missed = [
    ...(status === 0 ? ["it is refused"] : []),
    ...(says.test(output) ? [] : [`the refusal says what AWS has (${reasonIn(output)})`]),
    ...(made.length > 0 ? [`no second volume is made (${made.join(", ")})`] : []),
  ];
  return {
    fault: 27,
    title,
    where: "host",
    survived: SURVIVED,
    code: nameOfTried(),
    seed: SETTINGS.seed,
    requests: 0,
    failed: 0,
    secondsUntilWell: 0,
    rowsLost: 0,
    filesLost: 0,
    hands: [],
    missed,
  };
}
