import { readFileSync } from "node:fs";
import { join } from "node:path";
import { objectName, serviceOf } from "../../application/application";
import { DATA_VOLUME } from "../../application/backing-services/database";
import { SECRETS_VOLUME, secrets, volumeFolder } from "../../application/tasks/secrets";
import { DeploymentError } from "../../config/errors";
import { machineProblems } from "../problems";
import type { Workspace } from "../workspace/workspace";
import { runContainer } from "./secrets-task";

/** Whether the deployment's data volume holds a database. Changes nothing; makes no volume. */
export async function holdsDatabase(workspace: Workspace): Promise<boolean> {
  if (!(await hasVolume(workspace, objectName(workspace.application, DATA_VOLUME)))) return false;
  return (await lookAtData(workspace, "database_files.py")) === "database";
}

/**
 * What a Python script of assets/secrets/ says of the data volume, which must be there. A host's release program asks by
 * the same scripts.
 *
 * @throws {@link DeploymentError} when nobody can look: then nothing must follow from that
 */
export async function lookAtData(workspace: Workspace, script: string): Promise<string> {
  const { application, root } = workspace;
  const task = serviceOf(application, secrets.name);
  const target = volumeFolder(DATA_VOLUME);
  const { status, stdout, stderr } = await runContainer(
    workspace,
    {
      ...task,
      files: [],
      readOnly: true,
      capabilities: ["DAC_READ_SEARCH"],
      mounts: [{ type: "volume", volume: DATA_VOLUME, target, readOnly: true }],
      entrypoint: ["python3", "-", target],
    },
    readFileSync(join(root, "assets", "secrets", script), "utf8"),
  );
  if (status === 0) return stdout.trim();
  const volume = objectName(application, DATA_VOLUME);
  throw new DeploymentError([machineProblems.dataUnread(volume, stderr.trim().split("\n"))]);
}

/** Whether the engine has a volume of that name. @throws when it doesn't say so: then nothing must follow from that */
async function hasVolume({ docker }: Workspace, name: string): Promise<boolean> {
  return (await docker.inspectVolumes([name])).length > 0;
}

/**
 * Refuses to go on when the volume of the secrets is gone and the database is there. With another one nothing would open
 * the database; making the volume again would hide that.
 *
 * @throws {@link DeploymentError} before anything is made
 */
export async function refuseLostSecrets(workspace: Workspace): Promise<void> {
  const volume = objectName(workspace.application, SECRETS_VOLUME);
  if (await hasVolume(workspace, volume)) return;
  if (await holdsDatabase(workspace)) throw new DeploymentError([machineProblems.secretsLost(volume)]);
}
