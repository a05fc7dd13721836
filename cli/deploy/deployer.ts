import { DeploymentError, type Problem } from "../../config/errors";
import { InterruptedError } from "../session/interrupt";
import type { Report } from "../session/progress";
import { describeEvent } from "../terraform/events";
import { type Absence, type GuardProps, type Refusal, absencesIn, guard } from "../terraform/guard";
import { isEmpty, summarize } from "../terraform/plan";
import { type PlannedStack, type TerraformStack, requireApplicable } from "../terraform/terraform-stack";
import type { Workspace } from "../workspace/workspace";

/** What a deployment says that had nothing to do. */
export const NO_CHANGES = "no changes";

export interface DeployerProps {
  /** What is compared with the stacks, as a user knows it: `the engine`, `AWS`. */
  readonly where: string;
  /** What may be lost, and what the rest holds. */
  readonly guard: GuardProps;
  /** Names of what may be gone already: it is made anew. @default nothing */
  readonly mayBeGone?: readonly string[];
}

/** Plan, guard, apply: the one way in which a command changes anything. */
export abstract class Deployer {
  protected constructor(
    protected readonly workspace: Workspace,
    private readonly props: DeployerProps,
  ) {}

  /** Says what a plan would do to something with data. */
  protected abstract explainRefusal(refusal: Refusal): Problem;

  /** Says what it means that something with data is gone though the state knows it. */
  protected abstract explainAbsences(absences: readonly Absence[]): Promise<readonly Problem[]>;

  /** Begins a plan. @throws {@link InterruptedError} when the user has asked to stop */
  protected beginPlan(report?: Report): void {
    this.requireLeave();
    report?.(`comparing with ${this.props.where}`);
  }

  /**
   * Guards a plan and applies it, then throws its file away.
   *
   * @returns what was done, in a few words
   * @throws {@link DeploymentError} when the plan would lose data
   */
  protected async carryOut(stack: TerraformStack, planned: PlannedStack, report: Report): Promise<string> {
    try {
      await this.refuseLoss(planned);
      if (isEmpty(planned.plan)) return NO_CHANGES;
      this.requireLeave();
      const summary = summarize(planned.plan);
      report(summary);
      await this.apply(stack, planned, report);
      return summary;
    } finally {
      stack.discard(planned.file);
    }
  }

  /** @throws {@link DeploymentError} when the plan would lose data, or data are gone already */
  protected async refuseLoss(planned: PlannedStack): Promise<void> {
    const { guard: props, mayBeGone = [] } = this.props;
    const refusals = guard(planned.plan, props).map((refusal) => this.explainRefusal(refusal));
    const absences = absencesIn(planned.plan, {
      ...props,
      disposable: [...(props.disposable ?? []), ...mayBeGone],
    });
    const gone = absences.length > 0 ? await this.explainAbsences(absences) : [];
    const found = [...refusals, ...gone];
    if (found.length > 0) throw new DeploymentError(found);
    requireApplicable(planned);
  }

  /**
   * Applies a plan that the guard has let pass, and says what is going on.
   *
   * @param tasks containers that run once, by their name in the report
   */
  protected async apply(
    stack: TerraformStack,
    planned: PlannedStack,
    report: Report,
    tasks: readonly string[] = [],
  ): Promise<void> {
    await stack.apply(planned, (event) => {
      const line = describeEvent(event, tasks);
      if (line !== undefined) report(line);
    });
  }

  private requireLeave(): void {
    if (this.workspace.interrupt.requested) throw new InterruptedError();
  }
}
