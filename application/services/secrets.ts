import type { Deployment } from "../../config/deployment";
import type { Service, UploadedFile } from "../service";
import { secretNames } from "./django-environment";
import { volumeMount } from "../volumes";
import { pythonImage } from "./images";
import { HARDENED, TASK } from "./defaults";

/**
 * Makes the passwords and keys that aren't there yet, takes over the user's `.env`, and gives each volume to
 * the user that writes it. Everything happens inside Docker: no secret is on the laptop or in a state.
 */
export function secretsTask(deployment: Deployment): Service {
  const { envFile } = deployment.project;
  const upload = (name: string, asset: string): UploadedFile => ({
    target: `/upload/${name}`,
    source: { asset },
    executable: false,
  });
  return {
    ...HARDENED,
    ...TASK,
    role: "secrets",
    image: pythonImage(deployment),
    entrypoint: ["python3", "/upload/secrets_task.py"],
    environment: {
      // Under these names the user's .env may set what is otherwise made.
      ...secretNames(deployment.project),
      ...(deployment.id !== undefined && { DEPLOYMENT_ID: deployment.id }),
    },
    mounts: (["secrets", "run", "static", "media", "dbdata"] as const).map((volume) =>
      volumeMount(volume, `/volumes/${volume}`),
    ),
    files: [
      ...["secrets_task.py", "secret_files.py", "database_files.py"].map((name) =>
        upload(name, `secrets/${name}`),
      ),
      upload("env_file.py", "image/python/env_file.py"),
      ...(envFile ? [{ target: "/upload/env", source: envFile, executable: false }] : []),
    ],
    networked: false,
    // Volumes belong to three users; only root can give them away. What was given away is compared with the .env.
    user: "0:0",
    capabilities: ["CHOWN", "DAC_READ_SEARCH"],
    // The engine refuses to lay files into a read-only container.
    readOnly: false,
    failure: "The secrets could not be prepared; nothing else was started.",
  };
}
