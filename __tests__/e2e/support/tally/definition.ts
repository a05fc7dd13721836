import { objectName } from "../../../../application/application";
import { HARDENED } from "../../../../application/container-defaults";
import { APPLICATION_USER } from "../../../../application/image";
import { pythonImage } from "../../../../application/processes/application-image";
import { type BackingServiceDefinition, memoryOf } from "../../../../application/registry/definition";
import { SECRETS_FOLDER, SECRETS_VOLUME, secrets } from "../../../../application/tasks/secrets";
import { volumeMount } from "../../../../application/volume";
import { SERVER } from "./server";

const PORT = 8080;

/** A backing service that the program doesn't have: it counts, for whoever knows its password, and forgets nothing. */
export const tally: BackingServiceDefinition = {
  name: "tally",
  kind: "backing-service",
  stack: "local-database",
  judge: "healthy",
  // Every machine has this image: the application's own is built from it.
  image: pythonImage,
  volumes: [{ role: "tallydata", data: "the count" }],
  secrets: [{ name: "tally_password", readers: "all", variable: "TALLY_PASSWORD" }],
  memory: { copies: 1, least: 64, of: () => 64 },
  provides: {
    environment: (deployment) => ({
      TALLY_URL: `http://${objectName(deployment, tally.name)}:${PORT}/`,
      TALLY_PASSWORD_FILE: `${SECRETS_FOLDER}/tally_password`,
    }),
  },
  container: (deployment) => ({
    ...HARDENED,
    singleton: true,
    command: ["python3", "-c", SERVER],
    environment: { PORT: String(PORT) },
    mounts: [volumeMount("tallydata", "/data"), volumeMount(SECRETS_VOLUME, SECRETS_FOLDER, true)],
    user: `${APPLICATION_USER}:${APPLICATION_USER}`,
    memory: memoryOf(deployment, tally),
    processes: 64,
    stopGrace: 10,
    healthCheck: {
      command: [
        "python3",
        "-c",
        `import urllib.request; urllib.request.urlopen("http://127.0.0.1:${PORT}/", timeout=3)`,
      ],
      interval: 2,
      timeout: 10,
      retries: 5,
      startPeriod: 60,
    },
    startTimeout: 60,
    dependsOn: [{ role: secrets.name, condition: "completed" }],
  }),
};
