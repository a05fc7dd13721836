import type { Service } from "../../application/service";
import type { Container } from "./container";
import { type Docker, DockerError } from "./docker";

/** Gives containers their limits of processes: the docker provider of Terraform has no word for them. */
export async function limitProcesses(
  docker: Docker,
  containers: readonly Container[],
  services: readonly Service[],
): Promise<void> {
  for (const { role, processes } of services) {
    const ids = containers
      .filter(
        (container) => container.role === role && container.service && container.processes !== processes,
      )
      .map(({ id }) => id);
    if (ids.length === 0) continue;
    await docker.run(["update", `--pids-limit=${processes}`, ...ids]).catch(async (error: unknown) => {
      // One that is gone needs none.
      if (!(error instanceof DockerError) || (await docker.inspect(ids)).length === ids.length) throw error;
    });
  }
}
