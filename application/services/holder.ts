import type { Deployment } from "../../config/deployment";
import type { Service } from "../service";
import { volumeMount, volumesOf } from "../volumes";
import { HARDENED } from "./defaults";
import { pythonImage } from "./images";

/** nobody, in every image: it can open no file that isn't everybody's. */
const NOBODY = "65534:65534";

/**
 * Keeps every volume with data in use, also while nothing else runs: `docker volume prune` and `docker system prune`
 * delete the volumes that no container mounts.
 *
 * The engine starts it again as it does every service. (Not "unless-stopped": an engine that was killed stops what it
 * finds running when it returns, takes that for a stop by hand, and leaves it: moby/moby#53415.)
 */
export function holderService(deployment: Deployment): Service {
  const data = volumesOf(deployment.name).filter((volume) => volume.data !== undefined);
  return {
    ...HARDENED,
    role: "holder",
    kind: "service",
    singleton: true,
    // The image that the secrets task has: nothing more is needed on the engine.
    image: pythonImage(deployment),
    entrypoint: ["sleep", "infinity"],
    environment: {},
    mounts: data.map(({ role }) => volumeMount(role, `/volumes/${role}`, true)),
    networked: false,
    user: NOBODY,
    // It sleeps in less than one. The engine's own start of a container needs up to eight for a moment, and sometimes more.
    memory: 16,
    processes: 8,
    // Process 1 has no default action for any other signal, and nothing to finish.
    stopSignal: "SIGKILL",
    stopGrace: 1,
  };
}
