import { DeploymentError } from "../../config/errors";
import { AWS_PIN_FILE } from "../../config/files/aws-pin";
import type { Host } from "../../config/host";
import { machineProblems } from "../problems";
import { InterruptedError } from "../session/interrupt";
import type { Report } from "../session/progress";
import { DATA_HOLDERS } from "../terraform/guard";
import { readStackJson } from "../terraform/stack-file";
import { type Attributes, withAttributes } from "../terraform/state-edit";
import type { HostStackId } from "../terraform/terraform";
import { TerraformError, type TerraformStack } from "../terraform/terraform-stack";
import type { Workspace } from "../workspace/workspace";
import { explainAws } from "./failure";
import { type Importable, type Resources, importablesOf } from "./importable";
import { type Inventory, describeVolume } from "./inventory";
import { searchAws } from "./search";

/** What Terraform says of an id that AWS doesn't know. */
const NOT_THERE = /non-existent remote object|couldn't find resource|empty result|not ?found|does not exist/i;

/**
 * An import writes the machine's first boot into `user_data`, and the code names `user_data_base64`. The next apply would
 * stop the machine to take `user_data` away. The next plan reads the value of `user_data_base64` from AWS; it must not be
 * empty before.
 */
export const MACHINE_AFTER_IMPORT: Attributes = { user_data: null, user_data_base64: "aW1wb3J0ZWQ=" };

/** AWS may give the same volume or address to the state under another id: it was restored. */
const RESTORED: readonly string[] = ["aws_ebs_volume", "aws_eip"];

export interface HostImportProps {
  readonly host: Host;
  /** Id of the data volume that is meant. @default the only one that has the tags */
  readonly volume?: string;
}

/**
 * Has the states of a host know what AWS has with the deployment's tags. Changes nothing on AWS; what a state knows
 * already stays, so that a run that was cut off is carried on by the next.
 */
export class HostImport {
  /** Addresses that AWS has and that could not be taken over, with the reason. */
  public readonly left: string[] = [];
  private inventory?: Inventory;
  /** Attributes that an import writes otherwise than an apply, by type. */
  private readonly completions: Readonly<Record<string, () => Promise<Attributes>>> = {
    aws_key_pair: () => this.publicKey(),
    aws_instance: () => Promise.resolve(MACHINE_AFTER_IMPORT),
  };

  public constructor(
    private readonly workspace: Workspace,
    private readonly props: HostImportProps,
  ) {}

  /** Asks AWS. @throws {@link DeploymentError} when it has no data volume of the deployment, or several and none is named */
  public async search(): Promise<string> {
    const { name } = this.workspace.deployment;
    const { host } = this.props;
    const inventory = await this.explained(() => searchAws(this.workspace, { forImport: true }));
    this.inventory = inventory;
    if (host.account !== undefined && host.account !== inventory.account)
      throw new DeploymentError([
        machineProblems.otherAccount(inventory.account, host.account, AWS_PIN_FILE),
      ]);
    const { objects } = await this.stack("host-data").pullState();
    const known = objects.filter(({ type }) => type === "aws_ebs_volume").map(({ id }) => id);
    const wanted = this.props.volume === undefined ? known : [this.props.volume];
    const meant = inventory.volumes.filter(({ id }) => wanted.includes(id));
    const [volume, ...others] =
      meant.length > 0 || this.props.volume !== undefined ? meant : inventory.volumes;
    if (!volume)
      throw new DeploymentError([machineProblems.nothingToImport(name, inventory.account, host.region)]);
    if (others.length > 0)
      throw new DeploymentError([
        machineProblems.severalVolumes(name, inventory.volumes.map(describeVolume)),
      ]);
    this.inventory = { ...inventory, volumes: [volume] };
    return describeVolume(volume);
  }

  /** @returns how much the state of a stack was told of */
  public async take(id: HostStackId, report: Report): Promise<string> {
    return this.explained(() => this.takeAll(id, report));
  }

  private async takeAll(id: HostStackId, report: Report): Promise<string> {
    const { inventory, workspace } = this;
    if (!inventory) throw new Error("AWS was not asked yet");
    const stack = this.stack(id);
    const { objects } = await stack.pullState();
    const known = new Map(objects.map(({ address, id: own }) => [address, own]));
    let taken = 0;
    for (const importable of importablesOf(this.resourcesOf(id), inventory, inventory.volumes[0]?.id ?? "")) {
      const { address } = importable;
      const type = typeOf(address);
      if (workspace.interrupt.requested) throw new InterruptedError();
      const own = known.get(address);
      const isStale = own !== undefined && own !== importable.id && RESTORED.includes(type);
      const isIncomplete = own === importable.id && type in this.completions;
      if (own !== undefined && !isStale && !isIncomplete) continue;
      report(`${address}: ${importable.id}`);
      // An earlier run may have been cut off between an import and its completion.
      if (own !== undefined) await stack.forget([address]);
      if (!(await this.takeOne(stack, importable))) continue;
      const completion = await this.completions[type]?.();
      if (completion) await stack.edit((state) => withAttributes(state, new Map([[address, completion]])));
      if (own === undefined || isStale) taken += 1;
    }
    // The other stack reads its outputs, which no import writes.
    if (id === "host-data") await stack.refresh();
    return taken === 0 ? "nothing was left to take over" : `${taken} taken over`;
  }

  /** @returns whether AWS has it */
  private async takeOne(stack: TerraformStack, { address, id }: Importable): Promise<boolean> {
    try {
      await stack.import(address, id);
      return true;
    } catch (error) {
      if (!(error instanceof TerraformError)) throw error;
      const text = error.message.replace(/\s+/g, " ");
      if (NOT_THERE.test(text)) return false;
      if (typeOf(address) in DATA_HOLDERS) throw error;
      this.left.push(`${address} (${id}): ${text}`);
      return false;
    }
  }

  /** An import leaves out the public half of a key pair; without it, Terraform would make another pair. */
  private async publicKey(): Promise<Attributes> {
    const { publicKey = "" } = await searchAws(this.workspace, { withKeyPair: true });
    return { public_key: publicKey.trim().split(/\s+/).slice(0, 2).join(" ") };
  }

  private resourcesOf(id: HostStackId): Resources {
    const folder = this.workspace.terraform.folderOf(id);
    return (readStackJson(folder) as { readonly resource: Resources }).resource;
  }

  private stack(id: HostStackId): TerraformStack {
    return this.workspace.terraform.stack(id);
  }

  private async explained<T>(action: () => Promise<T>): Promise<T> {
    try {
      return await action();
    } catch (error) {
      throw explainAws(this.workspace, this.props.host, error);
    }
  }
}

function typeOf(address: string): string {
  return address.split(".")[0] ?? "";
}
