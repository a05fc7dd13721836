import type { Problem } from "../../config/errors";
import { machineProblems } from "../problems";
import type { Report } from "../session/progress";
import { type Absence, DATA_HOLDERS, type Refusal } from "../terraform/guard";
import { changesOf } from "../terraform/plan";
import type { StackId } from "../terraform/terraform";
import type { PlanOptions, PlannedStack, TerraformStack } from "../terraform/terraform-stack";
import type { Workspace } from "../workspace/workspace";
import { Deployer } from "./deployer";

export interface RemoteDeployerProps {
  /** Who is asked, as a user knows them: `AWS`. */
  readonly where: string;
  /** Says what an error of Terraform means there. */
  readonly explain: (error: unknown) => Error;
  /** Names of what may be lost, as the user has typed them, or addresses. @default nothing */
  readonly expendable?: readonly string[];
}

/** Brings what is far away to what a stack says. */
export class RemoteDeployer extends Deployer {
  public constructor(
    workspace: Workspace,
    private readonly remote: RemoteDeployerProps,
  ) {
    super(workspace, { where: remote.where, guard: { disposable: remote.expendable ?? [] } });
  }

  /** Gets the stack's providers ready. */
  public async prepare(id: StackId): Promise<undefined> {
    return this.explained(async () => {
      await this.stack(id).init();
      return undefined;
    });
  }

  /** @returns what was done, in a few words */
  public async deploy(id: StackId, report: Report, options: PlanOptions = {}): Promise<string> {
    const stack = this.stack(id);
    return this.explained(async () => {
      await keepWhatIsThere(stack, report);
      return this.carryOut(stack, await this.plan(stack, report, options), report);
    });
  }

  /** @returns what a deployment would do, a line for each resource; nothing is changed */
  public async preview(id: StackId, report: Report): Promise<string[]> {
    const stack = this.stack(id);
    return this.explained(async () => {
      const planned = await this.plan(stack, report, {});
      stack.discard(planned.file);
      await this.refuseLoss(planned);
      return changesOf(planned.plan).map(
        ({ address, change }) => `${change.actions.join(", then ")} ${address}`,
      );
    });
  }

  protected override explainRefusal({ name, what, action, reason }: Refusal): Problem {
    return machineProblems.hostAtRisk(name, what, action, reason);
  }

  protected override explainAbsences(absences: readonly Absence[]): Promise<readonly Problem[]> {
    const { where } = this.remote;
    return Promise.resolve(
      absences.map(({ name, what, id }) =>
        machineProblems.goneFromAws(name, what, id, `nothing else on ${where}`),
      ),
    );
  }

  private async plan(stack: TerraformStack, report: Report, options: PlanOptions): Promise<PlannedStack> {
    this.beginPlan(report);
    return stack.plan(options);
  }

  private async explained<T>(action: () => Promise<T>): Promise<T> {
    try {
      return await action();
    } catch (error) {
      throw this.remote.explain(error);
    }
  }

  private stack(id: StackId): TerraformStack {
    return this.workspace.terraform.stack(id);
  }
}

/**
 * What holds data and was made by an apply that was cut off is whole enough to keep: what is missing of it is set by the
 * next apply. Terraform would replace it, which `prevent_destroy` refuses for ever.
 */
async function keepWhatIsThere(stack: TerraformStack, report: Report): Promise<void> {
  const { objects } = await stack.pullState();
  for (const { address, tainted, type } of objects) {
    if (!tainted || !(type in DATA_HOLDERS) || type === "aws_instance") continue;
    report(`keeping ${address}, which an earlier run has begun`);
    await stack.untaint(address);
  }
}
