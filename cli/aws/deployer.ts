import type { Problem } from "../../config/errors";
import type { Host } from "../../config/host";
import { RemoteDeployer } from "../deploy/remote-deployer";
import { machineProblems } from "../problems";
import type { Report } from "../session/progress";
import type { Absence } from "../terraform/guard";
import { HOST_STACKS, type HostStackId, type StackId } from "../terraform/terraform";
import type { PlanOptions } from "../terraform/terraform-stack";
import type { Workspace } from "../workspace/workspace";
import { explainAws } from "./failure";
import { type Inventory, describeVolume } from "./inventory";
import { requireOwnership } from "./ownership";
import { searchAws } from "./search";

/** The machine's address in the code (constructs/aws/host-instance.ts). */
export const INSTANCE = "aws_instance.host";

/** The key pair's address in the code (stacks/host-data.ts). */
export const KEY_PAIR_ADDRESS = "aws_key_pair.deploy-key";

/** Whether AWS refuses to terminate the machine. */
const UNPROTECTED = { host_protected: "false" } as const;

export interface HostDeployerProps {
  readonly host: Host;
  /** Names of what may be lost, as the user has typed them, or addresses. @default nothing */
  readonly expendable?: readonly string[];
}

/** Brings AWS to what the stacks say. */
export class HostDeployer extends RemoteDeployer {
  /** What AWS has, when it was asked. */
  private found?: Promise<Inventory>;

  public constructor(
    workspace: Workspace,
    private readonly hostProps: HostDeployerProps,
  ) {
    const { host, expendable } = hostProps;
    super(workspace, {
      where: "AWS",
      explain: (error) => explainAws(workspace, host, error),
      expendable,
    });
  }

  public override async deploy(id: StackId, report: Report, options: PlanOptions = {}): Promise<string> {
    await this.requireOwn(id, report, true);
    return super.deploy(id, report, options);
  }

  public override async preview(id: StackId, report: Report): Promise<string[]> {
    await this.requireOwn(id, report, false);
    return super.preview(id, report);
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

  protected override async explainAbsences(absences: readonly Absence[]): Promise<readonly Problem[]> {
    const { volumes, snapshots } = await this.search();
    const has = [
      volumes.length === 0
        ? "no other data volume"
        : `data volumes: ${volumes.map(describeVolume).join("; ")}`,
      snapshots.length === 0
        ? "no snapshot"
        : `snapshots, the newest first: ${snapshots.slice(0, 3).join(", ")}`,
    ].join(", and ");
    return absences.map(({ name, what, id }) => machineProblems.goneFromAws(name, what, id, has));
  }

  private async requireOwn(id: StackId, report: Report, mayPin: boolean): Promise<void> {
    const stack = HOST_STACKS.find((known): known is HostStackId => known === id);
    if (!stack) return;
    const { host, expendable = [] } = this.hostProps;
    const search = (): Promise<Inventory> => {
      report("asking AWS what it has of this deployment");
      return this.search();
    };
    try {
      await requireOwnership(stack, { workspace: this.workspace, host, expendable, mayPin, search });
    } catch (error) {
      throw explainAws(this.workspace, host, error);
    }
  }

  private search(): Promise<Inventory> {
    this.found ??= searchAws(this.workspace);
    return this.found;
  }

  private async knows(address: string): Promise<boolean> {
    const { objects } = await this.workspace.terraform.stack("host").pullState();
    return objects.some((object) => object.address === address);
  }
}
