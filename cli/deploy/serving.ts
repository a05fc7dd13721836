import { DeploymentError } from "../../config/errors";
import { type Container, mayServe } from "../docker/container";
import { machineProblems } from "../problems";
import type { Workspace } from "../workspace/workspace";

/** The container to which the traffic goes. @throws {@link DeploymentError} when none serves */
export async function servingContainer({ deployment, docker }: Workspace): Promise<Container> {
  const containers = await docker.containers(deployment.name);
  const running = containers.filter(mayServe);
  const { serving } = await docker.handOver(containers);
  const found = running.find(({ hostname }) => hostname === serving) ?? running[0];
  if (!found) throw new DeploymentError([machineProblems.nothingServes(deployment.name)]);
  return found;
}
