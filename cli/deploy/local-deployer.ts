import type { Problem } from "../../config/errors";
import { Hold } from "../database/hold";
import { Watch } from "../docker/watch";
import { machineProblems } from "../problems";
import type { Report } from "../session/progress";
import type { Absence, Refusal } from "../terraform/guard";
import { ghostsOf, replaces } from "../terraform/plan";
import { withoutDeposed } from "../terraform/state-edit";
import { LOCAL_STACKS, type LocalStackId } from "../terraform/terraform";
import type { PlanOptions, PlannedStack, TerraformStack } from "../terraform/terraform-stack";
import type { Workspace } from "../workspace/workspace";
import { Deployer } from "./deployer";
import { explain } from "./failure";

/** What each stack is to a user. */
export const TITLES: Readonly<Record<LocalStackId, string>> = {
  "local-data": "Volumes",
  "local-database": "Database",
  local: "Application",
};

/** MariaDB's container, and what a plan does before it. */
const DATABASE = "docker_container.database";
const BEFORE_DATABASE = ["docker_container.secrets", "docker_image.mariadb_image"];

/** Brings the engine to what the stacks say, one stack after the other. */
export class LocalDeployer extends Deployer {
  /** Plans that were begun before their turn; they hold as long as no stack before them has changed. */
  private readonly early = new Map<LocalStackId, Promise<PlannedStack | Error>>();
  private changed = false;

  /**
   * @param takenOver stacks whose state knows containers that it did not make
   * @param mayBeGone names of volumes of whose loss the caller knows: they are made anew
   */
  public constructor(
    workspace: Workspace,
    private readonly takenOver: ReadonlySet<LocalStackId>,
    mayBeGone: readonly string[] = [],
  ) {
    const { volumes } = workspace.application;
    super(workspace, {
      where: "the engine",
      guard: {
        disposable: volumes.filter(({ data }) => data === undefined).map(({ name }) => name),
        contents: Object.fromEntries(
          volumes.flatMap(({ name, data }) => (data === undefined ? [] : [[name, data]])),
        ),
      },
      mayBeGone,
    });
  }

  /** Begins to plan all stacks side by side: most runs change none of them, or only the last. */
  public begin(): void {
    if (this.takenOver.size > 0) return;
    for (const id of LOCAL_STACKS) this.early.set(id, this.plan(this.stack(id), {}).catch(asError));
  }

  /** @returns what was done, in a few words */
  public async deploy(id: LocalStackId, report: Report): Promise<string> {
    const stack = this.stack(id);
    if (this.takenOver.has(id)) {
      // Without the images' ids Terraform can't see that the containers are as they should be.
      const images = await this.plan(stack, { targets: stack.file().images }, report);
      await this.carryOut(stack, images, report);
    }
    const planned = await this.planned(id, report);
    return replaces(planned.plan, DATABASE)
      ? this.exchangeDatabase(stack, planned, report)
      : this.carryOut(stack, planned, report);
  }

  /** @returns what was removed, in a few words */
  public async destroy(id: LocalStackId, report: Report): Promise<string> {
    const stack = this.stack(id);
    return this.carryOut(stack, await this.plan(stack, { destroy: true }, report), report);
  }

  /** Waits for what was begun. To be called at the end, also of a run that failed. */
  public async end(): Promise<void> {
    await Promise.all(this.early.values());
  }

  protected override explainRefusal({ name, what, action, reason }: Refusal): Problem {
    return machineProblems.dataAtRisk(name, what, action, reason);
  }

  protected override explainAbsences(absences: readonly Absence[]): Promise<readonly Problem[]> {
    return Promise.resolve(absences.map(({ name, what }) => machineProblems.volumeGone(name, what)));
  }

  /** Gives up, meanwhile, the containers that won't come up. */
  protected override async apply(
    stack: TerraformStack,
    planned: PlannedStack,
    report: Report,
  ): Promise<void> {
    const { docker, deployment } = this.workspace;
    this.changed = true;
    const tasks = stack.file().containers.flatMap(({ role, task }) => (task ? [role] : []));
    const watch = new Watch(docker, deployment.name, await docker.containers(deployment.name));
    const failure = await super.apply(stack, planned, report, tasks).then(() => undefined, asError);
    const casualties = await watch.end();
    if (failure) throw await explain(this.workspace, failure, casualties);
  }

  /** Puts another MariaDB in the place of the one that is there, while visitors wait. */
  private async exchangeDatabase(
    stack: TerraformStack,
    planned: PlannedStack,
    report: Report,
  ): Promise<string> {
    await this.refuseLoss(planned);
    stack.discard(planned.file);
    // What can be done while the old one still answers, else Terraform does it in between.
    await this.carryOut(stack, await this.plan(stack, { targets: BEFORE_DATABASE }, report), report);
    const again = await this.plan(stack, {}, report);
    const hold = await Hold.begin(this.workspace, report);
    const ended = hold?.endWithDatabase();
    try {
      return await this.carryOut(stack, again, report);
    } finally {
      await hold?.end();
      await ended;
    }
  }

  private async planned(id: LocalStackId, report: Report): Promise<PlannedStack> {
    const early = await this.early.get(id);
    if (early === undefined || this.changed) return this.plan(this.stack(id), {}, report);
    if (early instanceof Error) throw early;
    return early;
  }

  private async plan(stack: TerraformStack, options: PlanOptions, report?: Report): Promise<PlannedStack> {
    this.beginPlan(report);
    try {
      const planned = await stack.plan(options);
      const ghosts = ghostsOf(planned.plan);
      if (ghosts.length === 0) return planned;
      await stack.edit((state) => withoutDeposed(state, ghosts));
      return await stack.plan(options);
    } catch (error) {
      throw await explain(this.workspace, error);
    }
  }

  private stack(id: LocalStackId): TerraformStack {
    return this.workspace.terraform.stack(id);
  }
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}
