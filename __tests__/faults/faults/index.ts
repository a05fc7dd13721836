import type { Fault } from "../support/fault";
import { connectionsExhausted } from "./connections-exhausted";
import { databaseKilled } from "./database-killed";
import { databaseStopped } from "./database-stopped";
import { forkBomb } from "./fork-bomb";
import { settingsChanged } from "./settings-changed";
import { slowRequests } from "./slow-requests";

/** Every fault that is injected into a site that serves, those first that take nothing with them. */
export const FAULTS: readonly Fault[] = [
  databaseKilled,
  databaseStopped,
  connectionsExhausted,
  slowRequests,
  forkBomb,
  ...settingsChanged,
];
