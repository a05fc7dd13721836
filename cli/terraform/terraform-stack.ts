import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Outcome } from "../computer/process";
import { InterruptedError } from "../session/interrupt";
import { EmptyPlan, basisOf } from "./empty-plan";
import { type Diagnostic, type TerraformEvent, parseEvent } from "./events";
import { type Plan, parsePlan } from "./plan";
import { type StackFile, readStackFile, readStackJson } from "./stack-file";
import { type State, parseState } from "./state";
import type { StackId, Terraform } from "./terraform";

export interface PlanOptions {
  /** Plan to remove everything. @default false */
  readonly destroy?: boolean;
  /** Addresses to plan for, with what they depend on. @default all */
  readonly targets?: readonly string[];
  /** Addresses to replace though nothing asks for it. @default none */
  readonly replace?: readonly string[];
  /** Values of variables. @default none: the environment's */
  readonly variables?: Readonly<Record<string, string>>;
  /**
   * A plan that changes nothing is not read: one run of Terraform less. It lacks the drift and the values then. For
   * stacks whose state is a file. @default false
   */
  readonly skipEmpty?: boolean;
}

/** A plan that was made, and the file that applies it. */
export interface PlannedStack {
  readonly plan: Plan;
  readonly file: string;
  /** What Terraform found wrong with it. It can't be applied then, but read. */
  readonly errors: readonly Diagnostic[];
}

/** @throws what Terraform itself refuses in a plan that the guard lets pass; it can't be applied */
export function requireApplicable({ errors }: PlannedStack): void {
  if (errors.length > 0)
    throw new Error(errors.map(({ summary, detail }) => `${summary}: ${detail}`).join("\n"));
}

/** Exit statuses of `terraform plan -detailed-exitcode`; 1 is a failure. */
const EMPTY = 0;
const CHANGES = 2;

/** A plan that changes nothing. */
const NOTHING: Plan = { format_version: "1.2", resource_changes: [] };

/** Terraform ended with an error. */
export class TerraformError extends Error {
  public override readonly name = "TerraformError";

  /**
   * @param stackId whose command it was
   * @param command what it was doing
   * @param diagnostics what Terraform says; at least one
   */
  public constructor(
    public readonly stackId: StackId,
    public readonly command: string,
    public readonly diagnostics: readonly Diagnostic[],
  ) {
    super(
      diagnostics
        .map(({ summary, detail }) => (detail === "" ? summary : `${summary}: ${detail}`))
        .join("\n"),
    );
  }
}

/** One synthesized stack and its state. */
export class TerraformStack {
  public constructor(
    private readonly terraform: Terraform,
    public readonly id: StackId,
  ) {}

  /** Gets the providers ready; does nothing when nothing that they depend on has changed. */
  public async init(): Promise<void> {
    const data = this.terraform.dataOf(this.id);
    const mark = join(data, "initialized");
    const providers = join(data, "providers");
    if (
      existsSync(providers) &&
      existsSync(mark) &&
      readFileSync(mark, "utf8") === (await this.fingerprint())
    )
      return;
    mkdirSync(data, { recursive: true });
    const outcome = await this.terraform.run(this.id, ["init", "-input=false", "-no-color", "-reconfigure"]);
    this.terraform.props.log.write(outcome.stdout);
    if (outcome.status !== 0) this.fail("init", outcome, []);
    writeFileSync(mark, await this.fingerprint());
  }

  /**
   * Compares the stack with the engine. A plan with errors is returned when it can be read.
   *
   * @param onEvent called with what Terraform says meanwhile @default nobody
   */
  public async plan(options: PlanOptions, onEvent?: (event: TerraformEvent) => void): Promise<PlannedStack> {
    await this.init();
    const file = this.planFile;
    const { targets = [], replace = [], variables = {}, skipEmpty = false } = options;
    const args = [
      "plan",
      "-input=false",
      "-json",
      "-detailed-exitcode",
      `-out=${file}`,
      ...(options.destroy ? ["-destroy"] : []),
      ...targets.map((address) => `-target=${address}`),
      ...replace.map((address) => `-replace=${address}`),
      ...Object.entries(variables).map(([name, value]) => `-var=${name}=${value}`),
    ];
    const { outcome, errors } = await this.runWithEvents(args, onEvent);
    const isRefusal =
      errors.length > 0 && errors.every(({ summary }) => summary === "Instance cannot be destroyed");
    const status = outcome.status;
    if (status !== EMPTY && status !== CHANGES && !isRefusal) this.fail("plan", outcome, errors);
    // A plan is empty, too, where an object that a failed replacement has left is gone.
    if (skipEmpty && status === EMPTY && !this.state().objects.some(({ deposed }) => deposed))
      return { plan: NOTHING, file, errors };
    return { plan: parsePlan(await this.succeed("show", ["show", "-json", file])), file, errors };
  }

  /**
   * Plans all of a stack whose state is a file, or finds that a plan would have no changes: Terraform does not run then.
   *
   * @param engine what the engine says now of all objects of the state; undefined where it is not known
   * @param make makes the plan
   */
  public async planUnlessEmpty(
    engine: string | undefined,
    make: () => Promise<PlannedStack>,
  ): Promise<PlannedStack> {
    const last = new EmptyPlan(join(this.terraform.dataOf(this.id), "empty-plan"));
    const basis = engine === undefined ? undefined : await this.basis(engine);
    if (basis !== undefined && last.isOf(basis)) {
      this.terraform.props.log.write(
        `--- ${this.id}: no changes, since all is as it was when a plan had none`,
      );
      return { plan: NOTHING, file: this.planFile, errors: [] };
    }
    const planned = await make();
    if (basis !== undefined && planned.plan === NOTHING && planned.errors.length === 0) last.keep(basis);
    return planned;
  }

  /** Carries out a plan: that very one, and nothing else. */
  public async apply({ file }: PlannedStack, onEvent: (event: TerraformEvent) => void): Promise<void> {
    const { outcome, errors } = await this.runWithEvents(["apply", "-input=false", "-json", file], onEvent);
    if (outcome.status !== 0) this.fail("apply", outcome, errors);
  }

  /** Plans are made anew each time: an old one would apply to a state that is gone. */
  public discard(file: string): void {
    rmSync(file, { force: true });
  }

  /** What the stack asks for. */
  public file(): StackFile {
    return readStackFile(this.terraform.folderOf(this.id));
  }

  /** What the stack's state knows. Read from its file: that takes no time. */
  public state(): State {
    const file = this.terraform.stateOf(this.id);
    return parseState(existsSync(file) ? readFileSync(file, "utf8") : "", `the state of ${this.id}`);
  }

  /** What the stack's state knows, wherever it is kept. */
  public async pullState(): Promise<State> {
    await this.init();
    return parseState(await this.succeed("state pull", ["state", "pull"]), `the state of ${this.id}`);
  }

  /** What the stack says of itself, name → value. */
  public async outputs(): Promise<Record<string, unknown>> {
    const json = await this.succeed("output", ["output", "-json"]);
    const outputs = JSON.parse(json) as Record<string, { readonly value: unknown }>;
    return Object.fromEntries(Object.entries(outputs).map(([name, { value }]) => [name, value]));
  }

  /**
   * Moves a state away that can't be read: Terraform was killed while it wrote it. What it knew is taken over anew
   * from the engine.
   *
   * @returns where it is now; undefined when nothing is wrong with it
   */
  public setBrokenStateAside(): string | undefined {
    const file = this.terraform.stateOf(this.id);
    try {
      this.state();
      return undefined;
    } catch (error) {
      // A whole state of a version that is unknown here is not broken.
      if (!(error instanceof SyntaxError)) throw error;
    }
    renameSync(file, `${file}.broken`);
    return `${file}.broken`;
  }

  /** Has the state know an object that exists. */
  public async import(address: string, id: string): Promise<void> {
    await this.init();
    await this.succeed("import", ["import", "-input=false", "-no-color", address, id]);
  }

  /** Has the state agree with what is there, and its outputs with the code. Changes nothing else. */
  public async refresh(): Promise<void> {
    await this.init();
    await this.succeed("refresh", ["apply", "-refresh-only", "-auto-approve", "-input=false", "-no-color"]);
  }

  /** Changes the state by hand, where Terraform has no command for it. */
  public async edit(change: (state: string) => string): Promise<void> {
    const state = await this.succeed("state pull", ["state", "pull"]);
    const file = join(this.terraform.dataOf(this.id), "state.json");
    writeFileSync(file, change(state), { mode: 0o600 });
    await this.succeed("state push", ["state", "push", file]);
    rmSync(file);
  }

  /** Has the state forget objects; they themselves stay as they are. */
  public async forget(addresses: readonly string[]): Promise<void> {
    if (addresses.length === 0) return;
    await this.init();
    await this.succeed("state rm", ["state", "rm", "-no-color", ...addresses]);
  }

  /** Has the state take an object as good that an apply has failed on. */
  public async untaint(address: string): Promise<void> {
    await this.init();
    await this.succeed("untaint", ["untaint", "-no-color", address]);
  }

  private get planFile(): string {
    return join(this.terraform.dataOf(this.id), "plan");
  }

  /** All that a plan of the whole stack is made from. */
  private async basis(engine: string): Promise<string> {
    const state = this.terraform.stateOf(this.id);
    return basisOf([
      await this.fingerprint(),
      readStackJson(this.terraform.folderOf(this.id)),
      this.terraform.props.environment(),
      existsSync(state) ? readFileSync(state, "utf8") : "",
      engine,
    ]);
  }

  private async succeed(command: string, args: readonly string[]): Promise<string> {
    const outcome = await this.terraform.run(this.id, args);
    if (outcome.status !== 0) this.fail(command, outcome, []);
    return outcome.stdout;
  }

  private async runWithEvents(
    args: readonly string[],
    onEvent?: (event: TerraformEvent) => void,
  ): Promise<{ outcome: Outcome; errors: Diagnostic[] }> {
    const errors: Diagnostic[] = [];
    const onLine = (line: string): void => {
      this.terraform.props.log.write(line);
      const event = parseEvent(line);
      if (!event) return;
      if (event.diagnostic?.severity === "error") errors.push(event.diagnostic);
      onEvent?.(event);
    };
    return { outcome: await this.terraform.run(this.id, args, onLine), errors };
  }

  private fail(command: string, { stdout, stderr, status }: Outcome, errors: readonly Diagnostic[]): never {
    if (this.terraform.props.interrupt.requested) throw new InterruptedError();
    const said = stderr.trim() || stdout.trim() || `it ended with status ${status}`;
    const unknown = { severity: "error", summary: `terraform ${command} failed`, detail: said } as const;
    throw new TerraformError(this.id, command, errors.length > 0 ? errors : [unknown]);
  }

  /** What the providers and the backend depend on. */
  private async fingerprint(): Promise<string> {
    const installation = await this.terraform.installation();
    const folder = this.terraform.folderOf(this.id);
    const stack = readStackJson(folder) as { terraform?: unknown };
    const lock = join(folder, ".terraform.lock.hcl");
    const { environment } = this.terraform.props;
    return createHash("sha256")
      .update(JSON.stringify([stack.terraform, installation, environment()["TF_CLI_CONFIG_FILE"]]))
      .update(existsSync(lock) ? readFileSync(lock) : "")
      .digest("hex");
  }
}
