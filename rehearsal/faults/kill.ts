import { rolesThat } from "../../application/registry/queries";
import type { ReleasePosition } from "../../application/service";
import { HOST_FOLDER } from "../../cli/host/ssh";
import type { Fault } from "./fault";

/** Steps of the release script (assets/deploy/host/lib/run.sh), at each of which it can be killed. Each task is one. */
export const RELEASE_STEPS: readonly string[] = [
  ...["space", "images", ...tasksAt("first"), "services", "passwords"],
  ...[...tasksAt("before"), "roll", ...tasksAt("after"), "pages", "prune"],
];

function tasksAt(position: ReleasePosition): readonly string[] {
  return rolesThat(({ release }) => release === position);
}

/** The release script dies. */
export function killAt(step: string): Fault {
  return {
    pressed: `kill -9 of the release script at its step ${step}`,
    noticed: false,
    press: async (scene) => {
      await scene.onMachine(
        `echo ${step} >${HOST_FOLDER}/rehearse-kill && chown ubuntu ${HOST_FOLDER}/rehearse-kill`,
      );
      const run = await scene.push(`A release that is killed at ${step}`);
      return scene.failed(run, new RegExp(`rehearsal: killed at the step ${step}`));
    },
  };
}
