import { HARDENED } from "../container-defaults";
import type { BackingServiceDefinition } from "../registry/definition";
import { secrets, volumeFolder } from "../tasks/secrets";
import { volumeMount } from "../volume";

/** nobody, in every image: it can open no file that isn't everybody's. */
const NOBODY = "65534:65534";

/**
 * Keeps every volume with data in use, also while nothing else runs: `docker volume prune` and `docker system prune`
 * delete the volumes that no container mounts.
 *
 * The engine starts it again as it does every service. (Not "unless-stopped": an engine that was killed stops what it
 * finds running when it returns, takes that for a stop by hand, and leaves it: moby/moby#53415.)
 */
export const holder: BackingServiceDefinition = {
  name: "holder",
  kind: "backing-service",
  stack: "local-data",
  keepsVolumes: true,
  // The image that the secrets task has: nothing more is needed on the engine.
  image: secrets.image,
  container: (_deployment, { volumes }) => ({
    ...HARDENED,
    singleton: true,
    entrypoint: ["sleep", "infinity"],
    environment: {},
    mounts: volumes
      .filter(({ data }) => data !== undefined)
      .map(({ role }) => volumeMount(role, volumeFolder(role), true)),
    networked: false,
    user: NOBODY,
    // It sleeps in less than one. The engine's own start of a container needs up to eight for a moment, and sometimes more.
    memory: 16,
    processes: 8,
    // Process 1 has no default action for any other signal, and nothing to finish.
    stopSignal: "SIGKILL",
    stopGrace: 1,
  }),
};
