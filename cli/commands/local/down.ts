import { requireOwnData } from "../../data/claim";
import { HOLDER, removalSteps } from "../../deploy/removal";
import { requireEngine } from "../../preflight/preflight";
import { runSteps, write } from "../../session/progress";
import type { Workspace } from "../../workspace/workspace";

/** Stops and removes what runs. Every byte of data stays. */
export async function down(workspace: Workspace): Promise<void> {
  await requireEngine(workspace);
  await requireOwnData(workspace);
  await workspace.lock.take("down", write);
  await runSteps(removalSteps(workspace), workspace);
  const data = workspace.application.volumes.filter((volume) => volume.data !== undefined);
  const kept = (await workspace.docker.inspectVolumes(data.map(({ name }) => name))).map(({ name }) => name);
  if (kept.length === 0) {
    write(`\n${workspace.deployment.name} is down, and has no data on this engine.`);
    return;
  }
  write(`\n${workspace.deployment.name} is down. Its data stays in the volumes ${kept.sort().join(", ")}.`);
  const containers = await workspace.docker.containers(workspace.deployment.name);
  const holder = containers.find(({ role, status }) => role === HOLDER && status === "running");
  if (holder) {
    write(
      `The container ${holder.name} stays and keeps them in use, so that no "prune" of Docker deletes them.`,
    );
  }
  write('"make up" carries on with the data; "make destroy-data" deletes it.');
}
