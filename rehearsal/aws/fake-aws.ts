import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline/promises";
import { childEnvironment } from "../../config/environment";

export interface FakeAwsProps {
  /** Folder of the programs in moto's virtual environment, as `tools/python-programs moto` prints it; absolute. */
  readonly programs: string;
  /** The program's own folder, which holds `rehearsal/`; absolute. */
  readonly root: string;
  /** Leave out what takes long (see {@link SLOW}). @default false */
  readonly quick?: boolean;
  /** Id of the account that everybody's credentials belong to: 12 digits. @default "123456789012" */
  readonly account?: string;
}

/** The part of a stack's JSON that is looked at. */
interface Stack {
  readonly resource?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

/** Services of AWS that it answers for. */
const SERVICES = [
  "backup",
  "ec2",
  "iam",
  "resourcegroupstaggingapi",
  "s3",
  "s3control",
  "ssm",
  "sts",
] as const;

/**
 * What is left out of the stacks, by type of resource, and why. Everything else that moto lacks is added in `server.py`.
 */
export const GAPS: Readonly<Record<string, string>> = {
  aws_cloudwatch_metric_alarm:
    "the provider talks to CloudWatch in CBOR, moto answers the older query protocol only",
};

/** What is left out when it must be quick. */
export const SLOW: Readonly<Record<string, string>> = {
  aws_s3_bucket_lifecycle_configuration: "the provider reads a new one ten times, five seconds apart",
};

/** AWS's API on this machine, as far as the stacks of a host need it: moto in a process of its own. */
export class FakeAws {
  /** Starts it on a free port. It ends with this process, whatever happens to that. */
  public static async start(props: FakeAwsProps): Promise<FakeAws> {
    const folder = join(props.root, "rehearsal", "aws");
    const server = spawn(join(props.programs, "python"), [join(folder, "server.py")], {
      stdio: ["pipe", "pipe", "pipe"],
      // Ctrl-C isn't for it: Terraform, which brings what it has begun to an end, still asks it.
      detached: true,
      env: childEnvironment({
        MOTO_AMIS_PATH: join(folder, "amis.json"),
        MOTO_ACCOUNT_ID: props.account ?? "123456789012",
        MOTO_IAM_LOAD_MANAGED_POLICIES: "true",
      }),
    });
    let said = "";
    server.stderr.on("data", (chunk: Buffer) => (said = `${said}${chunk.toString()}`.slice(-4000)));
    for await (const line of createInterface(server.stdout)) return new FakeAws(props, server, line);
    throw new Error(`rehearsal/aws/server.py ended before it said its URL; its last words:\n${said}`);
  }

  private constructor(
    private readonly props: FakeAwsProps,
    private readonly server: ChildProcess,
    /** Where it listens. */
    public readonly url: string,
  ) {}

  /** Variables of the environment for a Terraform that talks to it: credentials that are nobody's. */
  public readonly environment = {
    AWS_ACCESS_KEY_ID: "fake",
    AWS_SECRET_ACCESS_KEY: "fake",
    AWS_EC2_METADATA_DISABLED: "true",
  } as const;

  /**
   * What belongs into a file `*_override.tf.json` beside a stack's JSON, so that the stack comes here.
   *
   * @param complete with what the fake can't make: such a stack can be planned, but not applied. @default false
   */
  public overrideFor(stack: Stack, { complete = false } = {}): object {
    const missing = complete ? {} : { ...GAPS, ...(this.props.quick && SLOW) };
    const left = Object.keys(missing).flatMap((type) => {
      const ids = Object.keys(stack.resource?.[type] ?? {});
      return ids.length === 0 ? [] : [[type, Object.fromEntries(ids.map((id) => [id, { count: 0 }]))]];
    });
    return {
      provider: {
        aws: [
          {
            endpoints: [Object.fromEntries(SERVICES.map((service) => [service, this.url]))],
            s3_use_path_style: true,
            // A call that the fake doesn't know fails at once, not after minutes.
            max_retries: 2,
            // S3 Control puts the account before the host's name, which no resolver knows.
            http_proxy: this.url,
            https_proxy: "",
          },
        ],
      },
      ...(left.length > 0 && { resource: Object.fromEntries(left) as object }),
    };
  }

  /** Asks EC2 as AWS's own tools do; its answer is XML. */
  public async ec2(
    region: string,
    action: string,
    filters: Readonly<Record<string, readonly string[]>> = {},
    parameters: Readonly<Record<string, string>> = {},
  ): Promise<string> {
    const query = new URLSearchParams({ Action: action, Version: "2016-11-15", ...parameters });
    for (const [index, [name, values]] of Object.entries(filters).entries()) {
      query.set(`Filter.${index + 1}.Name`, name);
      for (const [at, value] of values.entries()) query.set(`Filter.${index + 1}.Value.${at + 1}`, value);
    }
    return this.ask(region, "ec2", {}, query);
  }

  /** User data of a machine, as its metadata would give them. */
  public async userData(region: string, instance: string): Promise<Buffer> {
    const asked = { InstanceId: instance, Attribute: "userData" };
    const answer = await this.ec2(region, "DescribeInstanceAttribute", {}, asked);
    const [, text = ""] = /<userData>\s*<value>([^<]*)<\/value>/.exec(answer) ?? [];
    return Buffer.from(text, "base64");
  }

  /** Who may take a role: its trust policy. */
  public async trustPolicy(region: string, role: string): Promise<string> {
    const query = new URLSearchParams({ Action: "GetRole", Version: "2010-05-08", RoleName: role });
    const answer = await this.ask(region, "iam", {}, query);
    const [, document = ""] = /<AssumeRolePolicyDocument>([^<]*)</.exec(answer) ?? [];
    return decodeURIComponent(document);
  }

  /** A parameter's value, deciphered. */
  public async parameter(region: string, name: string): Promise<string> {
    const headers = {
      "Content-Type": "application/x-amz-json-1.1",
      "X-Amz-Target": "AmazonSSM.GetParameter",
    };
    const answer = await this.ask(
      region,
      "ssm",
      headers,
      JSON.stringify({ Name: name, WithDecryption: true }),
    );
    return (JSON.parse(answer) as { Parameter: { Value: string } }).Parameter.Value;
  }

  public async stop(): Promise<void> {
    if (this.server.exitCode !== null || this.server.signalCode !== null) return;
    const ended = once(this.server, "exit");
    this.server.stdin?.end();
    await ended;
  }

  /** moto knows the service by the signature's scope, and checks no signature. */
  private async ask(
    region: string,
    service: string,
    headers: Readonly<Record<string, string>>,
    body: string | URLSearchParams,
  ): Promise<string> {
    const scope = `${this.environment.AWS_ACCESS_KEY_ID}/20260101/${region}/${service}/aws4_request`;
    const response = await fetch(this.url, {
      method: "POST",
      headers: {
        ...headers,
        Authorization: `AWS4-HMAC-SHA256 Credential=${scope}, SignedHeaders=host, Signature=0`,
      },
      body,
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`the fake AWS's ${service} answered ${response.status}: ${text}`);
    return text;
  }
}
