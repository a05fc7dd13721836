import { readFileSync } from "node:fs";
import { join } from "node:path";
import { objectName, serviceOf } from "../../application/application";
import { DeploymentError } from "../../config/errors";
import { machineProblems } from "../problems";
import type { Workspace } from "../workspace/workspace";
import { runContainer } from "./secrets-task";

/** Whether the deployment's data volume holds a database. Changes nothing; makes no volume. */
export async function holdsDatabase(workspace: Workspace): Promise<boolean> {
  const { application, root } = workspace;
  if (!(await hasVolume(workspace, objectName(application, "dbdata")))) return false;
  const task = serviceOf(application, "secrets");
  const target = "/volumes/dbdata";
  const { status, stdout, stderr } = await runContainer(
    workspace,
    {
      ...task,
      files: [],
      readOnly: true,
      capabilities: ["DAC_READ_SEARCH"],
      mounts: [{ type: "volume", volume: "dbdata", target, readOnly: true }],
      entrypoint: ["python3", "-", target],
    },
    readFileSync(join(root, "assets", "secrets", "database_files.py"), "utf8"),
  );
  if (status !== 0) throw new DeploymentError([machineProblems.secretsFailed(stderr.trim().split("\n"))]);
  return stdout.trim() === "database";
}

/** Whether the engine has a volume of that name. */
export async function hasVolume({ docker }: Workspace, name: string): Promise<boolean> {
  return (await docker.try(["volume", "inspect", name])).status === 0;
}

/**
 * Refuses to go on when the volume of the secrets is gone and the database is there. With another one nothing would open
 * the database; making the volume again would hide that.
 *
 * @throws {@link DeploymentError} before anything is made
 */
export async function refuseLostSecrets(workspace: Workspace): Promise<void> {
  const secrets = objectName(workspace.application, "secrets");
  if (await hasVolume(workspace, secrets)) return;
  if (await holdsDatabase(workspace)) throw new DeploymentError([machineProblems.secretsLost(secrets)]);
}
