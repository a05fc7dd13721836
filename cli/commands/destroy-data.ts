import { destroyVolumes } from "../destroy-volumes";
import { askForName } from "../name-question";
import { requireEngine } from "../preflight";
import { runSteps, write } from "../progress";
import { releaseImages } from "../releases";
import type { Workspace } from "../workspace";
import { downSteps } from "./down";

export interface DestroyDataOptions {
  /** The deployment's name, typed out: stands for the question. @default the question is asked */
  readonly name?: string;
}

/** Deletes the database, the uploads and everything else of the deployment. The only command that deletes data. */
export async function destroyData(workspace: Workspace, options: DestroyDataOptions = {}): Promise<void> {
  const { application, deployment, docker, lock } = workspace;
  const { name } = deployment;
  const data = application.volumes.filter((volume) => volume.data !== undefined);
  await askForName("destroy-data", name, options.name, [
    `This deletes for ever what ${name} has stored:`,
    ...data.map((volume) => `  ${volume.name}: ${volume.data ?? ""}`),
  ]);

  await requireEngine(workspace);
  await lock.take("destroy-data", write);
  await runSteps(
    [
      ...downSteps(workspace),
      {
        title: "Data",
        run: async (report) => {
          const stack = workspace.terraform.stack("local-data");
          const { objects } = stack.state();
          const known = objects.map(({ id }) => id);
          // Before what it holds.
          for (const { id, role } of await docker.containers(name)) {
            if (role !== "holder") continue;
            report("ending the container that keeps the volumes in use");
            await docker.remove(id);
          }
          const ours = new Set([...(await docker.volumes(name)), ...known]);
          await destroyVolumes(
            workspace,
            data.map((volume) => volume.name).filter((volume) => ours.has(volume)),
            report,
          );
          const held = objects.filter(({ type }) => type === "docker_container");
          await stack.forget(held.map(({ address }) => address));
          return undefined;
        },
      },
      {
        title: "Images",
        run: async () => {
          for (const { id } of await releaseImages(docker, name)) await docker.try(["image", "rm", "-f", id]);
          return undefined;
        },
      },
    ],
    workspace,
  );
  write(`\nNothing of ${name} is left on the engine.`);
}
