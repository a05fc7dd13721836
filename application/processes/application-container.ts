import type { Deployment } from "../../config/deployment";
import { uploadBuffers } from "../../config/memory-budget";
import { HARDENED } from "../container-defaults";
import { APPLICATION_USER } from "../image";
import type { ContainerDescription } from "../service";
import { SECRETS_FOLDER, SECRETS_VOLUME } from "../tasks/secrets";
import { type Mount, tmpfs, volumeMount } from "../volume";

/** Folder of the programs in the application's image. */
export const BIN = "/opt/deployment/bin";

/** Processes and threads beside gunicorn's workers: checks, shells, and what views start. */
const OTHER_PROCESSES = 256;

/** Least limit of processes and threads, so that common settings don't change it. */
const LEAST_PROCESSES = 512;

/** What every container of the application's image has. */
export function applicationContainer(
  deployment: Deployment,
): Omit<ContainerDescription, "singleton" | "environment" | "mounts" | "memory" | "stopGrace"> {
  const { web } = deployment;
  const { envFile } = deployment.project;
  return {
    ...HARDENED,
    workingDirectory: deployment.project.workingDirectory,
    user: `${APPLICATION_USER}:${APPLICATION_USER}`,
    init: true,
    // Each worker has its threads, its main thread and one to spare; they count as processes do.
    processes: Math.max(LEAST_PROCESSES, web.workers * (web.threads + 2) + OTHER_PROCESSES),
    // The secrets are read at start: other ones need another container.
    revisions: envFile?.hash ? { env: envFile.hash } : {},
  };
}

/** The secrets, to read. */
export function secretsMount(): Mount {
  return volumeMount(SECRETS_VOLUME, SECRETS_FOLDER, true);
}

/** The secrets, and memory for uploads in progress. */
export function secretsAndTemporary({ proxy }: Deployment): Mount[] {
  return [secretsMount(), tmpfs("/tmp", uploadBuffers(proxy.bodySize))];
}
