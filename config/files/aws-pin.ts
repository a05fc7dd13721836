import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as z from "zod";
import { type Problem, problems } from "../errors";

/** File beside `deployment.ts` that says in which account and region the host is. It holds no secret: commit it. */
export const AWS_PIN_FILE = "deployment.aws.json";

const pinSchema = z.strictObject({
  /** Name of the deployment. */
  name: z.string(),
  /** Id of the AWS account: 12 digits. */
  account: z.string().regex(/^\d{12}$/),
  /** AWS region: `eu-central-1`. */
  region: z.string(),
});

/** Where a deployment's host was made. */
export type AwsPin = z.output<typeof pinSchema>;

/** The pin, as far as its file can be read. */
export interface PinFacts {
  /** Undefined: no host of this deployment was made from this folder yet. */
  readonly pin?: AwsPin;
  readonly problems: readonly Problem[];
}

/**
 * Reads in which account and region a host was made.
 *
 * @param root folder of `deployment.ts`; absolute
 */
export function readPin(root: string): PinFacts {
  let text: string;
  try {
    text = readFileSync(join(root, AWS_PIN_FILE), "utf8");
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    return code === "ENOENT"
      ? { problems: [] }
      : { problems: [problems.brokenPin(AWS_PIN_FILE, String(code))] };
  }
  const pin = pinSchema.safeParse(parsed(text)).data;
  if (!pin) return { problems: [problems.brokenPin(AWS_PIN_FILE, "in another form")] };
  return { pin, problems: [] };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
