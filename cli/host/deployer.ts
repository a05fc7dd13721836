import { DeploymentError } from "../../config/errors";
import type { Host } from "../../config/host";
import { describeEvent } from "../events";
import { DATA_HOLDERS, guard } from "../guard";
import { InterruptedError } from "../interrupt";
import { changesOf, isEmpty, summarize } from "../plan";
import { machineProblems } from "../problems";
import type { Report } from "../progress";
import type { HostStackId } from "../terraform";
import {
  type PlanOptions,
  type PlannedStack,
  type TerraformStack,
  requireApplicable,
} from "../terraform-stack";
import type { Workspace } from "../workspace";
import { explainAws } from "./failure";

/** The machine's address in the code (constructs/aws/host-instance.ts). */
export const INSTANCE = "aws_instance.host";

/** Whether AWS refuses to terminate the machine. */
const UNPROTECTED = { host_protected: "false" } as const;

export interface HostDeployerProps {
  readonly host: Host;
  /** Names of what may be lost, as the user has typed them. @default nothing */
  readonly expendable?: readonly string[];
}

/** Brings AWS to what the stacks say: plan, guard, apply. */
export class HostDeployer {
  public constructor(
    private readonly workspace: Workspace,
    private readonly props: HostDeployerProps,
  ) {}

  /** @returns what was done, in a few words */
  public async deploy(id: HostStackId, report: Report, options: PlanOptions = {}): Promise<string> {
    const stack = this.workspace.terraform.stack(id);
    try {
      await this.keepWhatIsThere(stack, report);
      const planned = await this.plan(stack, report, options);
      try {
        this.refuseLoss(planned);
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
      throw explainAws(this.workspace, this.props.host, error);
    }
  }

  /** @returns what a deployment would do, a line for each resource; nothing is changed */
  public async preview(id: HostStackId, report: Report): Promise<string[]> {
    const stack = this.workspace.terraform.stack(id);
    try {
      const planned = await this.plan(stack, report, {});
      stack.discard(planned.file);
      this.refuseLoss(planned);
      return changesOf(planned.plan).map(
        ({ address, change }) => `${change.actions.join(", then ")} ${address}`,
      );
    } catch (error) {
      throw explainAws(this.workspace, this.props.host, error);
    }
  }

  /** Has AWS allow that the machine is terminated. It must be about to be. */
  public async unprotect(report: Report): Promise<string> {
    if (!(await this.knows(INSTANCE))) return "there is no machine";
    return this.deploy("host", report, { variables: UNPROTECTED, targets: [INSTANCE] });
  }

  /** Puts a new machine in the place of the one that is there. */
  public async replace(report: Report): Promise<string> {
    const replace = (await this.knows(INSTANCE)) ? [INSTANCE] : [];
    return this.deploy("host", report, { replace });
  }

  /** Removes the machine and what lets it be reached; the data, the address and the keys stay. */
  public async destroy(report: Report): Promise<string> {
    return this.deploy("host", report, { destroy: true, variables: UNPROTECTED });
  }

  private async plan(stack: TerraformStack, report: Report, options: PlanOptions): Promise<PlannedStack> {
    if (this.workspace.interrupt.requested) throw new InterruptedError();
    report("comparing with AWS");
    return stack.plan(options);
  }

  private async knows(address: string): Promise<boolean> {
    const { objects } = await this.workspace.terraform.stack("host").pullState();
    return objects.some((object) => object.address === address);
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

  private refuseLoss(planned: PlannedStack): void {
    const { expendable = [] } = this.props;
    const refusals = guard(planned.plan, { disposable: expendable });
    if (refusals.length > 0) {
      throw new DeploymentError(
        refusals.map(({ name, what, action, reason }) =>
          machineProblems.hostAtRisk(name, what, action, reason),
        ),
      );
    }
    requireApplicable(planned);
  }
}
