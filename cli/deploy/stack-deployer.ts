import { DeploymentError, type Problem } from "../../config/errors";
import { describeEvent } from "../terraform/events";
import { type Absence, DATA_HOLDERS, absencesIn, guard } from "../terraform/guard";
import { InterruptedError } from "../session/interrupt";
import { changesOf, isEmpty, summarize } from "../terraform/plan";
import { machineProblems } from "../problems";
import type { Report } from "../session/progress";
import type { StackId } from "../terraform/terraform";
import {
  type PlanOptions,
  type PlannedStack,
  type TerraformStack,
  requireApplicable,
} from "../terraform/terraform-stack";
import type { Workspace } from "../workspace/workspace";

export interface StackDeployerProps {
  /** Who is asked, as a user knows them: `AWS`. */
  readonly where: string;
  /** Says what an error of Terraform means there. */
  readonly explain: (error: unknown) => Error;
  /** Names of what may be lost, as the user has typed them, or addresses. @default nothing */
  readonly expendable?: readonly string[];
}

/** Brings what is far away to what a stack says: plan, guard, apply. */
export class StackDeployer {
  public constructor(
    protected readonly workspace: Workspace,
    private readonly props: StackDeployerProps,
  ) {}

  /** Gets the stack's providers ready. */
  public async prepare(id: StackId): Promise<undefined> {
    try {
      await this.workspace.terraform.stack(id).init();
      return undefined;
    } catch (error) {
      throw this.props.explain(error);
    }
  }

  /** @returns what was done, in a few words */
  public async deploy(id: StackId, report: Report, options: PlanOptions = {}): Promise<string> {
    const stack = this.workspace.terraform.stack(id);
    try {
      await this.keepWhatIsThere(stack, report);
      const planned = await this.plan(stack, report, options);
      try {
        await this.refuseLoss(planned);
        if (isEmpty(planned.plan)) return "no changes";
        if (this.workspace.interrupt.requested) throw new InterruptedError();
        const summary = summarize(planned.plan);
        report(summary);
        await stack.apply(planned, (event) => {
          const line = describeEvent(event);
          if (line !== undefined) report(line);
        });
        return summary;
      } finally {
        stack.discard(planned.file);
      }
    } catch (error) {
      throw this.props.explain(error);
    }
  }

  /** @returns what a deployment would do, a line for each resource; nothing is changed */
  public async preview(id: StackId, report: Report): Promise<string[]> {
    const stack = this.workspace.terraform.stack(id);
    try {
      const planned = await this.plan(stack, report, {});
      stack.discard(planned.file);
      await this.refuseLoss(planned);
      return changesOf(planned.plan).map(
        ({ address, change }) => `${change.actions.join(", then ")} ${address}`,
      );
    } catch (error) {
      throw this.props.explain(error);
    }
  }

  private async plan(stack: TerraformStack, report: Report, options: PlanOptions): Promise<PlannedStack> {
    if (this.workspace.interrupt.requested) throw new InterruptedError();
    report(`comparing with ${this.props.where}`);
    return stack.plan(options);
  }

  /**
   * What holds data and was made by an apply that was cut off is whole enough to keep: what is missing of it is set by
   * the next apply. Terraform would replace it, which `prevent_destroy` refuses for ever.
   */
  private async keepWhatIsThere(stack: TerraformStack, report: Report): Promise<void> {
    const { objects } = await stack.pullState();
    for (const { address, tainted, type } of objects) {
      if (!tainted || !(type in DATA_HOLDERS) || type === "aws_instance") continue;
      report(`keeping ${address}, which an earlier run has begun`);
      await stack.untaint(address);
    }
  }

  /** Says what it means that something with data is gone though the state knows it. */
  protected explainAbsences(absences: readonly Absence[]): Promise<Problem[]> {
    const { where } = this.props;
    return Promise.resolve(
      absences.map(({ name, what, id }) =>
        machineProblems.goneFromAws(name, what, id, `nothing else on ${where}`),
      ),
    );
  }

  private async refuseLoss({ plan, errors, file }: PlannedStack): Promise<void> {
    const props = { disposable: this.props.expendable ?? [] };
    const refusals = guard(plan, props).map(({ name, what, action, reason }) =>
      machineProblems.hostAtRisk(name, what, action, reason),
    );
    const absences = absencesIn(plan, props);
    const gone = absences.length > 0 ? await this.explainAbsences(absences) : [];
    const found = [...refusals, ...gone];
    if (found.length > 0) throw new DeploymentError(found);
    requireApplicable({ plan, errors, file });
  }
}
