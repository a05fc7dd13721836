import { DeploymentError } from "../../config/errors";
import { machineProblems } from "../../cli/problems";
import { brokenImage, brokenMigration, twoPushes } from "./code";
import type { Fault } from "./fault";
import { RELEASE_STEPS, killAt } from "./kill";
import { databaseStopped, diskFull, networkCut, reboot } from "./power";

/** Every fault by its name. */
export const FAULTS: Readonly<Record<string, Fault>> = {
  ...Object.fromEntries(RELEASE_STEPS.map((step) => [`kill-${step}`, killAt(step)])),
  reboot,
  "disk-full": diskFull,
  "broken-migration": brokenMigration,
  "broken-image": brokenImage,
  "network-cut": networkCut,
  "two-pushes": twoPushes,
  "database-stopped": databaseStopped,
};

/** A fault and its name. */
export type NamedFault = readonly [name: string, fault: Fault];

/**
 * The faults of a list of names with commas between them, in that order; `all` is all of them.
 *
 * @throws {@link DeploymentError} that lists them, when there is none of a name
 */
export function faultsOf(names: string): NamedFault[] {
  if (names === "all") return Object.entries(FAULTS);
  return names.split(",").map((name) => {
    const fault = FAULTS[name];
    if (!fault) throw new DeploymentError([machineProblems.unknownFault(name, Object.keys(FAULTS))]);
    return [name, fault];
  });
}
