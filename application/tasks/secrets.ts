import { SMALL_TASK, HARDENED } from "../container-defaults";
import type { TaskDefinition } from "../registry/definition";
import { pythonImage } from "../processes/application-image";
import { secretNames } from "../secrets";
import type { UploadedFile } from "../service";
import { volumeMount } from "../volume";
import { secretsInput } from "./secrets-input";

/** Role of the volume with the secrets. */
export const SECRETS_VOLUME = "secrets";

/** Where the secrets are in every container that reads them. */
export const SECRETS_FOLDER = "/run/secrets";

/** Where the task has each volume. */
const VOLUMES = "/volumes";

/**
 * Makes the passwords and keys that aren't there yet, takes over the user's `.env`, and gives each volume to
 * the user that writes it. Everything happens inside Docker: no secret that it makes is in a state.
 */
export const secrets: TaskDefinition = {
  name: "secrets",
  kind: "task",
  stack: "local-database",
  release: "first",
  assets: ["secrets"],
  image: pythonImage,
  volumes: [{ role: SECRETS_VOLUME, data: "the passwords that open the database, and Django's secret key" }],
  container: (deployment, surroundings) => ({
    ...HARDENED,
    ...SMALL_TASK,
    entrypoint: ["python3", "/upload/secrets_task.py"],
    environment: {
      ...secretsInput(deployment, surroundings, secrets.name),
      // Under these names the user's .env may set what is otherwise made.
      ...secretNames(deployment.project, surroundings.definitions),
      ...(deployment.id !== undefined && { DEPLOYMENT_ID: deployment.id }),
    },
    // In the order in which the first deployments have them: another order is another container.
    mounts: surroundings.volumes
      .filter(({ data }) => data !== undefined)
      .map(({ role }) => volumeMount(role, volumeFolder(role)))
      .reverse(),
    files: [
      ...["secrets_task.py", "secret_files.py", "database_files.py"].map((name) =>
        upload(name, `secrets/${name}`),
      ),
      upload("env_file.py", "image/python/env_file.py"),
      ...(deployment.project.envFile
        ? [{ target: "/upload/env", source: deployment.project.envFile, executable: false }]
        : []),
    ],
    networked: false,
    // Volumes belong to three users; only root can give them away. What was given away is compared with the .env.
    user: "0:0",
    capabilities: ["CHOWN", "DAC_READ_SEARCH"],
    // The engine refuses to lay files into a read-only container.
    readOnly: false,
    failure: "The secrets could not be prepared; nothing else was started.",
  }),
};

/** Where the secrets task has a volume. */
export function volumeFolder(role: string): string {
  return `${VOLUMES}/${role}`;
}

function upload(name: string, asset: string): UploadedFile {
  return { target: `/upload/${name}`, source: { asset }, executable: false };
}
