import type { Fault } from "../support/fault";
import { INVENTED } from "../invented";
import { SETTINGS } from "../support/settings";
import { blockedMigration } from "./blocked-migration";
import { buildCache } from "./build-cache";
import { clocks } from "./clocks";
import { columnWithDefault } from "./column-with-default";
import { connectionsExhausted } from "./connections-exhausted";
import { cutOffMigrations } from "./cut-off-migration";
import { databaseKilled } from "./database-killed";
import { databaseKilledInCopy } from "./database-killed-in-copy";
import { databaseStopped } from "./database-stopped";
import { diskFull } from "./disk-full";
import { forkBomb } from "./fork-bomb";
import { hangingRequests } from "./hanging-requests";
import { memoryTaken, workerHeld } from "./harmful-views";
import { identityChanged } from "./identity-changed";
import { neverHealthy } from "./never-healthy";
import { passwordChanged } from "./password-changed";
import { restarts } from "./restarts";
import { sameName } from "./same-name";
import { pruned, secretsLost } from "./secrets-lost";
import { settingsChanged } from "./settings-changed";
import { slowRequests } from "./slow-requests";
import { stalledUploads } from "./stalled-uploads";

/** Every fault that is injected into a site that serves, those first that take nothing with them. */
export const FAULTS: readonly Fault[] = [
  databaseKilled,
  databaseKilledInCopy,
  databaseStopped,
  connectionsExhausted,
  slowRequests,
  hangingRequests,
  stalledUploads,
  forkBomb,
  columnWithDefault,
  blockedMigration,
  ...cutOffMigrations,
  neverHealthy,

  memoryTaken,
  workerHeld,
  ...restarts,
  diskFull,
  buildCache,
  ...INVENTED,
  ...clocks,
  ...settingsChanged,
  ...identityChanged,
  passwordChanged,
  pruned,
  secretsLost,
  sameName,
];

/** Faults of one kind of site; in a short run only those that are short. */
export function faultsOf(site: "local" | "nested" | "host"): readonly Fault[] {
  const suits = ({ where, ownEngine = false }: Fault): boolean =>
    site === "host" ? where.includes("host") : where.includes("local") && ownEngine === (site === "nested");
  return FAULTS.filter((fault) => suits(fault) && (SETTINGS.long || fault.short === true));
}
