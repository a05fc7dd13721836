import { existsSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { LABEL, objectName } from "../../application/application";
import { linesOf } from "../docker/docker";
import type { Workspace } from "../workspace/workspace";
import type { Evidence } from "./owner";
import { RECORD_FILE, VOLUME_ID_FILE, parseRecord } from "./record";
import type { VolumeFiles } from "./volume-files";

/** Looks at what says whose the data of this name are; changes nothing. */
export async function surveyData(workspace: Workspace, files: VolumeFiles): Promise<Evidence> {
  const { application, deployment, docker, root } = workspace;
  const { id, name } = deployment;
  const own = application.volumes.map((volume) => volume.name);
  const data = application.volumes.filter((volume) => volume.data !== undefined);
  const known = knownVolumes(workspace);
  const labelled = id === undefined ? [] : await docker.volumesOfId(id);
  const found = await docker.inspectVolumes([
    ...new Set([...data.map((volume) => volume.name), ...known, ...labelled]),
  ]);
  const secrets = objectName({ name }, "secrets");
  const [volumeId, record] = found.some((volume) => volume.name === secrets)
    ? await Promise.all([files.read(secrets, VOLUME_ID_FILE), files.read(secrets, RECORD_FILE)])
    : [];
  const recorded = parseRecord(record);
  return {
    folder: root,
    name,
    id,
    volumes: found
      .filter((volume) => data.some((one) => one.name === volume.name))
      .map((volume) => ({ name: volume.name, id: volume.labels[LABEL.id] })),
    volumeId: linesOf(volumeId ?? "")[0],
    record: recorded,
    recordedFolderIsThere:
      recorded?.computer === hostname() && existsSync(join(recorded.folder, "deployment.ts")),
    known,
    elsewhere: found
      .map((volume) => volume.name)
      .filter((volume) => !own.includes(volume) && data.some(({ role }) => volume.endsWith(`-${role}`))),
  };
}

/** The volumes that the state of this folder knows. One that can't be read knows none: `recover` sets it aside. */
function knownVolumes({ terraform }: Workspace): string[] {
  try {
    return terraform
      .stack("local-data")
      .state()
      .objects.filter(({ type }) => type === "docker_volume")
      .map(({ id }) => id);
  } catch {
    return [];
  }
}
