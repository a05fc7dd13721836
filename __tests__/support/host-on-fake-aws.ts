import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { type Plan, parsePlan } from "../../cli/terraform/plan";
import type { Deployment } from "../../config/deployment";
import type { FakeAws } from "../../rehearsal/aws/fake-aws";
import { addHostStacks } from "../../synth/add-host-stacks";
import type { StackJson } from "./assertions";
import { HOST_STACKS, type HostStackName, synthesized, temporaryFolder } from "./synthesis";
import { TerraformFolder } from "./terraform";

/** A deployment's stacks on AWS, synthesized into one folder and applied to the fake. */
export class HostOnFakeAws {
  private lock?: Buffer;
  /** Terraform's own files: providers, and what it knows of the backend. */
  private readonly data = temporaryFolder();

  /**
   * @param root the program's folder: states and keys are in its `.deployment/`
   * @param complete with what the fake can't make; only to be planned. @default false
   */
  public constructor(
    private readonly aws: FakeAws,
    private readonly root: string,
    private readonly complete = false,
  ) {}

  /** Writes the stacks anew, as they are for this deployment. */
  public synth(deployment: Deployment): void {
    const { stack } = synthesized(deployment, { root: this.root, hostStacks: addHostStacks });
    for (const name of HOST_STACKS) {
      writeFileSync(
        join(this.folder(name), "fake_override.tf.json"),
        JSON.stringify(this.aws.overrideFor(stack(name), { complete: this.complete })),
      );
    }
  }

  public folder(name: HostStackName): string {
    return join(this.root, "cdktf.out", "stacks", name);
  }

  /** Plans, then applies that plan, as our own commands do; the plan's file stays in the stack's folder as `plan`. */
  public deploy(name: HostStackName): void {
    this.terraform(name).run("plan", "-out=plan");
    this.terraform(name).run("apply", "plan");
  }

  /** Writes a state of the data's stack that has its outputs and nothing else: what a plan of `host` reads. */
  public pretendData(): void {
    const json = JSON.parse(readFileSync(join(this.folder("host-data"), "cdk.tf.json"), "utf8")) as StackJson;
    const value = (output: string): string => (output.endsWith("arn") ? "arn:aws:any:::thing" : "192.0.2.1");
    const outputs = Object.fromEntries(
      Object.keys(json.output ?? {}).map((output) => [output, { value: value(output), type: "string" }]),
    );
    const file = this.stateFile("host-data");
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(
      file,
      JSON.stringify({ version: 4, serial: 1, lineage: "pretended", outputs, resources: [] }),
    );
  }

  public apply(name: HostStackName, ...args: string[]): string {
    return this.terraform(name).run("apply", "-auto-approve", ...args);
  }

  public destroy(name: HostStackName, ...args: string[]): string {
    return this.terraform(name).run("destroy", "-auto-approve", ...args);
  }

  /** @throws with the plan when an apply would do anything */
  public mustBeUpToDate(name: HostStackName): void {
    this.terraform(name).run("plan", "-detailed-exitcode");
  }

  /** What an apply would do. */
  public plan(name: HostStackName, ...args: string[]): Plan {
    return parsePlan(this.planJson(name, ...args));
  }

  /** The same as Terraform writes it, with everything that is in it. */
  public planJson(name: HostStackName, ...args: string[]): string {
    const terraform = this.terraform(name);
    terraform.run("plan", "-out=plan", ...args);
    return terraform.run("show", "-json", "plan");
  }

  /**
   * What an apply would do with the state as it is, without a look at AWS. A plan that `prevent_destroy` refuses is
   * given too: our own commands read it.
   */
  public planOffline(name: HostStackName, ...args: string[]): Plan {
    const terraform = this.terraform(name);
    try {
      terraform.run("plan", "-out=plan", "-refresh=false", ...args);
    } catch (error) {
      if (!String(error).includes("Instance cannot be destroyed")) throw error;
    }
    return parsePlan(terraform.run("show", "-json", "plan"));
  }

  /** Has the state know an object anew, by its id. @param complete what our import changes in the state after that */
  public reimport(
    name: HostStackName,
    address: string,
    id: string,
    complete: (state: string) => string,
  ): void {
    const terraform = this.terraform(name);
    terraform.run("state", "rm", address);
    terraform.run("import", address, id);
    const file = this.stateFile(name);
    writeFileSync(file, complete(readFileSync(file, "utf8")));
  }

  /** Changes a stack's state while something is done, and puts it back. */
  public withState<T>(name: HostStackName, edit: (state: string) => string, action: () => T): T {
    const file = this.stateFile(name);
    const before = readFileSync(file, "utf8");
    writeFileSync(file, edit(before));
    try {
      return action();
    } finally {
      writeFileSync(file, before);
    }
  }

  public outputs(name: HostStackName): Record<string, unknown> {
    const outputs = JSON.parse(this.terraform(name).run("output", "-json")) as Record<
      string,
      { value: unknown }
    >;
    return Object.fromEntries(Object.entries(outputs).map(([output, { value }]) => [output, value]));
  }

  /** Every resource of a type as it stands in the state. */
  public resources(name: HostStackName, type: string): Readonly<Record<string, unknown>>[] {
    const { resources } = JSON.parse(readFileSync(this.stateFile(name), "utf8")) as {
      resources: { type: string; instances: { attributes: Record<string, unknown> }[] }[];
    };
    return resources
      .filter((resource) => resource.type === type)
      .flatMap(({ instances }) => instances.map(({ attributes }) => attributes));
  }

  private stateFile(name: HostStackName): string {
    return join(this.root, ".deployment", "state", `${name}.tfstate`);
  }

  /** Terraform in a stack's folder, with its providers: both stacks have the same. */
  private terraform(name: HostStackName): TerraformFolder {
    const folder = this.folder(name);
    const terraform = new TerraformFolder(folder, join(this.data, name), this.aws.environment);
    if (terraform.lock() === undefined) {
      if (this.lock) writeFileSync(join(folder, ".terraform.lock.hcl"), this.lock);
      terraform.run("init");
      this.lock = terraform.lock();
    }
    return terraform;
  }
}
