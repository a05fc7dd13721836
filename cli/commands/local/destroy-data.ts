import { DeploymentError } from "../../../config/errors";
import { requireOwnData } from "../../data/claim";
import { contentsOf } from "../../data/contents";
import { destroyVolumes } from "../../data/destroy-volumes";
import { removalSteps } from "../../deploy/removal";
import { releaseImages } from "../../docker/releases";
import { requireEngine } from "../../preflight/preflight";
import { machineProblems } from "../../problems";
import { askForName } from "../../session/name-question";
import { runSteps, write } from "../../session/progress";
import type { Workspace } from "../../workspace/workspace";

export interface DestroyDataOptions {
  /** The deployment's name, typed out: stands for the question. @default the question is asked */
  readonly name?: string;
}

/** Deletes the database, the uploads and everything else of the deployment. The only command that deletes data. */
export async function destroyData(workspace: Workspace, options: DestroyDataOptions = {}): Promise<void> {
  const { application, deployment, docker, lock } = workspace;
  const { name } = deployment;
  const data = application.volumes.filter((volume) => volume.data !== undefined);
  await requireEngine(workspace);
  await requireOwnData(workspace);
  await askForName("destroy-data", name, options.name, [
    `This deletes for ever what ${name} has stored:`,
    ...(await contentsOf(workspace)),
    ...data.map((volume) => `  ${volume.name}: ${volume.data ?? ""}`),
  ]);

  await lock.take("destroy-data", write);
  await runSteps(
    [
      ...removalSteps(workspace),
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
            application.volumes.map((volume) => volume.name).filter((volume) => ours.has(volume)),
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
          for (const { reference } of await releaseImages(docker, name))
            await docker.try(["image", "rm", reference]);
          const kept = await releaseImages(docker, name);
          return kept.length === 0
            ? undefined
            : `${kept.map(({ reference }) => reference).join(", ")} kept: in use by others`;
        },
      },
    ],
    workspace,
  );
  const left = await leftOf(workspace);
  if (left.length > 0) throw new DeploymentError([machineProblems.leftOver(name, left)]);
  write(`\nNothing of ${name} is left on the engine.`);
}

/** What is still there of a deployment that should be gone. */
async function leftOf({ application, deployment: { name }, docker }: Workspace): Promise<string[]> {
  const [containers, volumes, networks] = await Promise.all([
    docker.containers(name),
    docker.inspectVolumes(application.volumes.map((volume) => volume.name)),
    docker.networks(name),
  ]);
  return [
    ...containers.map((one) => `container ${one.name}`),
    ...volumes.map((one) => `volume ${one.name}`),
    ...networks.map((one) => `network ${one.name}`),
  ];
}
