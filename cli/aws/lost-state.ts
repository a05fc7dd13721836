import type { Problem } from "../../config/errors";
import { machineProblems } from "../problems";
import type { StateObject } from "../terraform/state";
import type { HostStackId } from "../terraform/terraform";
import { type Inventory, describeVolume } from "./inventory";

/** What a stack's state must know before anything may be made beside what AWS has, by stack. */
const WATCHED: Readonly<Record<HostStackId, readonly string[]>> = {
  "host-data": ["aws_ebs_volume", "aws_eip"],
  host: ["aws_instance"],
};

/** Whether a state lacks something that AWS must be asked for. Pure. */
export function isIncomplete(id: HostStackId, objects: readonly StateObject[]): boolean {
  return WATCHED[id].some((type) => !objects.some((object) => object.type === type));
}

/** The deployment's name in a state; undefined when its host was not made. Pure. */
export function nameIn(objects: readonly StateObject[]): string | undefined {
  // The one resource whose id has the name in it is the parameter with the host's key.
  const [, name] = objects
    .filter(({ type }) => type === "aws_ssm_parameter")
    .flatMap(({ id }) => /^\/django-deployment\/([^/]+)\//.exec(id) ?? []);
  return name;
}

/**
 * What AWS has of a deployment and the state of a stack doesn't know: Terraform would make a second one. Pure.
 *
 * @param expendable ids of what may be left behind, as the user has typed them
 */
export function strangersIn(
  id: HostStackId,
  objects: readonly StateObject[],
  { volumes, addresses, machines, snapshots }: Inventory,
  { name, expendable }: { readonly name: string; readonly expendable: readonly string[] },
): Problem[] {
  const found = {
    aws_ebs_volume: volumes.map((volume) => ({
      id: volume.id,
      problem: machineProblems.unknownDataVolume(name, describeVolume(volume), volume.id, snapshots.length),
    })),
    aws_eip: addresses.map(({ id: allocation, address }) => ({
      id: allocation,
      problem: machineProblems.unknownAddress(name, `${address} (${allocation})`, allocation),
    })),
    aws_instance: machines.map((machine) => ({
      id: machine,
      problem: machineProblems.unknownHost(name, machine),
    })),
  };
  return WATCHED[id]
    .filter((type) => !objects.some((object) => object.type === type))
    .flatMap((type) => found[type as keyof typeof found])
    .filter((stranger) => !expendable.includes(stranger.id))
    .map(({ problem }) => problem);
}
