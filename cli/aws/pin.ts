import { renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { AWS_PIN_FILE, type AwsPin } from "../../config/files/aws-pin";

/** Writes down where a deployment's host is made. Whole or not at all, whenever the process is killed. */
export function writePin(root: string, { name, account, region }: AwsPin): void {
  const file = join(root, AWS_PIN_FILE);
  writeFileSync(`${file}.part`, `${JSON.stringify({ name, account, region }, null, 2)}\n`);
  renameSync(`${file}.part`, file);
}

/** Account and region in the ARN of something that has both; undefined when it has not. */
export function placeOf(arn: string): Pick<AwsPin, "account" | "region"> | undefined {
  const [, region, account] = /^arn:[\w-]+:[\w-]+:([a-z0-9-]+):(\d{12}):/.exec(arn) ?? [];
  return region === undefined || account === undefined ? undefined : { account, region };
}
