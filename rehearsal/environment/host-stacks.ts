import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { HostDeployer } from "../../cli/aws/deployer";
import { type HostOutputs, readOutputs } from "../../cli/host/outputs";
import type { Report } from "../../cli/session/progress";
import { readStackJson } from "../../cli/terraform/stack-file";
import type { HostStackId } from "../../cli/terraform/terraform";
import type { Workspace } from "../../cli/workspace/workspace";
import type { Host } from "../../config/host";
import { hostKeyParameter } from "../../constructs/aws/host-key";
import { subjectOf } from "../../constructs/aws/runner-role";
import type { FakeAws } from "../aws/fake-aws";

export interface HostStacksProps {
  readonly aws: FakeAws;
  readonly workspace: Workspace;
  readonly host: Host;
}

/** The Terraform stacks of the host, applied to the fake AWS, and what AWS says of them. */
export class HostStacks {
  private readonly deployer: HostDeployer;

  public constructor(private readonly props: HostStacksProps) {
    this.deployer = new HostDeployer(props.workspace, { host: props.host });
  }

  /** Brings a stack, which must have been synthesized, to the fake. */
  public async deploy(id: HostStackId, report: Report): Promise<string> {
    const folder = this.props.workspace.terraform.folderOf(id);
    const stack = readStackJson(folder) as object;
    writeFileSync(join(folder, "fake_override.tf.json"), JSON.stringify(this.props.aws.overrideFor(stack)));
    return this.deployer.deploy(id, report);
  }

  /** What the machine's stack says of itself. */
  public async outputs(): Promise<HostOutputs> {
    return readOutputs(await this.props.workspace.terraform.stack("host").outputs());
  }

  /** Where the fake listens. */
  public get url(): string {
    return this.props.aws.url;
  }

  /** Id of the data volume. */
  public get volumeId(): string {
    return this.attribute("host-data", "aws_ebs_volume", "id");
  }

  /** What GitHub's runner is told: role, security group and region; empty when it opens no port. */
  public get runnerVariables(): Record<string, string> {
    const { deployment } = this.props.workspace;
    if (!deployment.github || !this.props.host.ssh.byRunner) return {};
    return {
      RUNNER_ROLE: this.attribute("host", "aws_iam_role", "arn", "-runner-"),
      SECURITY_GROUP: this.attribute("host", "aws_security_group", "id"),
      AWS_REGION: this.region,
    };
  }

  /** What the machine is booted with, as AWS has it. */
  public async userData(): Promise<string> {
    const bytes = await this.props.aws.userData(this.region, this.attribute("host", "aws_instance", "id"));
    return gunzipSync(bytes).toString();
  }

  /** Name and value of the parameter with the machine's own private key, as AWS has it. */
  public async hostKey(): Promise<readonly [name: string, value: string]> {
    const name = hostKeyParameter(this.props.workspace.deployment.name);
    return [name, await this.props.aws.parameter(this.region, name)];
  }

  /** Networks that port 22 is open to, as AWS has it, though `deployment.ts` names them not. */
  public async openForOthers(): Promise<string[]> {
    const group = this.attribute("host", "aws_security_group", "id");
    const rules = await this.props.aws.ec2(this.region, "DescribeSecurityGroupRules", {
      "group-id": [group],
    });
    return rules
      .split("<item>")
      .filter((rule) => rule.includes("<fromPort>22</fromPort>"))
      .map((rule) => /<cidrIpv4>([^<]*)</.exec(rule)?.[1] ?? "somebody")
      .filter((network) => !this.props.host.ssh.networks.includes(network));
  }

  /** @throws when the runner's role would not be given to a token of this subject */
  public async requireTrust(subject: string): Promise<void> {
    const { github } = this.props.workspace.deployment;
    const arn = this.runnerVariables["RUNNER_ROLE"];
    if (!github || arn === undefined) return;
    const policy = await this.props.aws.trustPolicy(this.region, arn.split("/").at(-1) ?? "");
    const wanted = subjectOf(github);
    if (wanted !== subject || !policy.includes(`"${subject}"`))
      throw new Error(`AWS trusts ${policy}, and GitHub's token says ${subject}`);
  }

  private get region(): string {
    return this.props.host.region;
  }

  /** An attribute of the stack's one resource of a type, or of the one whose ARN has a part. */
  private attribute(id: HostStackId, type: string, name: string, part = ""): string {
    const { resources } = JSON.parse(readFileSync(this.props.workspace.terraform.stateOf(id), "utf8")) as {
      resources: { mode: string; type: string; instances: { attributes: Record<string, unknown> }[] }[];
    };
    const found = resources
      .filter((resource) => resource.mode === "managed" && resource.type === type)
      .flatMap(({ instances }) => instances.map(({ attributes }) => attributes))
      .filter(({ arn }) => String(arn).includes(part));
    const [value] = found.map((attributes) => attributes[name]);
    if (typeof value !== "string") throw new Error(`the state of ${id} knows no ${name} of ${type}`);
    return value;
  }
}
