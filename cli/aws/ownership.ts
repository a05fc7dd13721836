import { DeploymentError, problems } from "../../config/errors";
import { type AwsPin, AWS_PIN_FILE, readPin } from "../../config/files/aws-pin";
import type { Host } from "../../config/host";
import { machineProblems } from "../problems";
import type { StateObject } from "../terraform/state";
import type { HostStackId } from "../terraform/terraform";
import type { Workspace } from "../workspace/workspace";
import type { Inventory } from "./inventory";
import { isIncomplete, nameIn, strangersIn } from "./lost-state";
import { placeOf, writePin } from "./pin";

export interface OwnershipProps {
  readonly workspace: Workspace;
  readonly host: Host;
  /** Ids of what may be left behind, as the user has typed them. */
  readonly expendable: readonly string[];
  /** Write down account and region when they were not yet. */
  readonly mayPin: boolean;
  /** Asks AWS; called only when it must be asked. */
  readonly search: () => Promise<Inventory>;
}

/**
 * Refuses to make anything beside what AWS has of the deployment: in another account or region than the one that it was
 * made in, or with a state that doesn't know what is there. Pins account and region at the first time.
 *
 * @throws {@link DeploymentError} with everything that would be made a second time
 */
export async function requireOwnership(id: HostStackId, props: OwnershipProps): Promise<void> {
  const { workspace, host, expendable, mayPin, search } = props;
  const { name } = workspace.deployment;
  const { objects } = await workspace.terraform.stack(id).pullState();
  const { pin } = readPin(workspace.root);
  // A pin of another name is no configuration, so that it never gets here. A host of before has no pin.
  const before = nameIn(objects);
  if (before !== undefined && before !== name)
    throw new DeploymentError([problems.otherHostName(name, before, AWS_PIN_FILE)]);
  if (pin && !isIncomplete(id, objects)) return;
  const inventory = await search();
  const known = pin ?? madeBefore(name, objects);
  if (known && known.region !== host.region)
    throw new DeploymentError([problems.otherRegion(name, host.region, known.region)]);
  if (known && known.account !== inventory.account)
    throw new DeploymentError([
      machineProblems.otherAccount(
        inventory.account,
        known.account,
        pin ? AWS_PIN_FILE : `the state of ${id}`,
      ),
    ]);
  const strangers = strangersIn(id, objects, inventory, { name, expendable });
  if (strangers.length > 0) throw new DeploymentError(strangers);
  if (!pin && mayPin) writePin(workspace.root, { name, account: inventory.account, region: host.region });
}

/** Where a state's objects are: of a host that was made before there was a pin. */
function madeBefore(name: string, objects: readonly StateObject[]): AwsPin | undefined {
  const [place] = objects.flatMap(({ arn }) => (arn === undefined ? [] : (placeOf(arn) ?? [])));
  return place && { name, ...place };
}
