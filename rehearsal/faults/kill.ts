import { DEFINITIONS } from "../../application/registry/definitions";
import { releaseSteps } from "../../application/registry/release-steps";
import type { Fault } from "./fault";

/** Steps of a release, at each of which the release program can be killed. */
export const RELEASE_STEPS: readonly string[] = releaseSteps(DEFINITIONS);

/**
 * The line of shell, for the fake host, after which the next release program is killed at a step
 * (rehearsal/host/kill_at_step.py). root may run it, and the user of the releases.
 */
export function armKill(step: string): string {
  return `echo ${step} >/tmp/kill-at-step && chown ubuntu /tmp/kill-at-step`;
}

/** What the output of a release says that was killed at a step. */
export function killed(step: string): string {
  return `rehearsal: killed at the step ${step}`;
}

/** The release program dies. */
export function killAt(step: string): Fault {
  return {
    injected: `kill -9 of the release program at its step ${step}`,
    noticed: false,
    inject: async (environment) => {
      await environment.onMachine(armKill(step));
      const run = await environment.push(`A release that is killed at ${step}`);
      return environment.failed(run, new RegExp(killed(step)));
    },
  };
}
