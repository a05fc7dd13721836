import { DeploymentError } from "../../config/errors";
import { machineProblems } from "../problems";
import type { Report } from "../session/progress";
import type { Workspace } from "../workspace/workspace";

/**
 * Deletes volumes with all that is in them, by name; our containers that use them go first.
 *
 * Terraform can't do it: `prevent_destroy` stands in its way, as it should. Each step can be repeated, so that a run
 * that was killed here is carried on by the next.
 *
 * @throws {@link DeploymentError} when a name is none of the deployment's data volumes; nothing is deleted then
 */
export async function destroyVolumes(
  workspace: Workspace,
  names: readonly string[],
  report: Report,
): Promise<void> {
  if (names.length === 0) return;
  const { application, docker, terraform } = workspace;
  const stack = terraform.stack("local-data");
  const objects = stack.state().objects.filter(({ type }) => type === "docker_volume");
  const own = application.volumes.map(({ name }) => name);
  // Volumes of a resource that is gone from the code are known by the state alone.
  const known = [...new Set([...own, ...objects.map(({ id }) => id)])];
  const unknown = names.filter((name) => !known.includes(name));
  if (unknown.length > 0)
    throw new DeploymentError(unknown.map((name) => machineProblems.unknownVolume(name, known)));

  for (const name of names) {
    const users = await docker.usersOf(name);
    const others = users.filter((user) => user.application !== application.name);
    if (others.length > 0) {
      const named = others.map((user) => user.name);
      throw new DeploymentError([machineProblems.volumeInUse(name, named)]);
    }
    for (const { id, role } of users) {
      report(`removing ${role}, which uses ${name}`);
      await docker.remove(id);
    }
    report(`deleting ${name}`);
    await docker.removeVolume(name);
  }
  await stack.forget(objects.filter(({ id }) => names.includes(id)).map(({ address }) => address));
}
