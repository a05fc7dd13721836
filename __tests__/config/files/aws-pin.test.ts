import { writePin, placeOf } from "../../../cli/aws/pin";
import { AWS_PIN_FILE, readPin } from "../../../config/files/aws-pin";
import { describeProblem } from "../../../config/errors";
import { folderWith } from "../../support/synthesis";

const PIN = { name: "guestbook", account: "123456789012", region: "eu-central-1" };

it("reads what was written, as a file that git and prettier leave as it is", () => {
  const root = folderWith({});
  expect(readPin(root)).toEqual({ problems: [] });
  writePin(root, PIN);
  expect(readPin(root)).toEqual({ pin: PIN, problems: [] });
  writePin(root, { ...PIN, region: "eu-west-1" });
  expect(readPin(root).pin?.region).toBe("eu-west-1");
});

it.each([
  ["nothing", ""],
  ["half of it", '{"name": "guestbook", "acc'],
  ["an account of another length", JSON.stringify({ ...PIN, account: "123" })],
  ["a conflict of git", `<<<<<<< HEAD\n${JSON.stringify(PIN)}\n`],
])("refuses a file that holds %s, and says where to take it from", (_what, text) => {
  const { pin, problems } = readPin(folderWith({ [AWS_PIN_FILE]: text }));
  expect(pin).toBeUndefined();
  expect(problems.map(describeProblem)).toEqual([expect.stringContaining(`git checkout ${AWS_PIN_FILE}`)]);
});

it.each([
  ["arn:aws:ec2:eu-central-1:123456789012:volume/vol-1", { account: "123456789012", region: "eu-central-1" }],
  [
    "arn:aws-us-gov:ec2:us-gov-west-1:123456789012:volume/vol-1",
    { account: "123456789012", region: "us-gov-west-1" },
  ],
  ["arn:aws:s3:::bucket", undefined],
  ["arn:aws:iam::123456789012:role/x", undefined],
])("of the ARN %s, account and region are %j", (arn, place) => expect(placeOf(arn)).toEqual(place));
