import type { Host } from "../../config/host";
import type { Report } from "../progress";
import { StackDeployer } from "../stack-deployer";
import type { Workspace } from "../workspace";
import { explainAws } from "./failure";

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
export class HostDeployer extends StackDeployer {
  public constructor(workspace: Workspace, { host, expendable }: HostDeployerProps) {
    super(workspace, {
      where: "AWS",
      explain: (error) => explainAws(workspace, host, error),
      expendable,
    });
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

  private async knows(address: string): Promise<boolean> {
    const { objects } = await this.workspace.terraform.stack("host").pullState();
    return objects.some((object) => object.address === address);
  }
}
