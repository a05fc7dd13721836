import type { Fault } from "../support/fault";
import { diskGone } from "./disk-gone";
import { engineStopped } from "./engine-stopped";
import { inodesExhausted } from "./inodes-exhausted";
import { masterEnded } from "./master-ended";
import { namesLost } from "./names-lost";
import { notesEmptied } from "./notes-emptied";
import { proxyWorkersKilled } from "./proxy-workers-killed";
import { rootOwned } from "./root-owned";
import { staticAfterCut } from "./static-after-cut";
import { temporaryFilled } from "./temporary-filled";
import { uploadCut } from "./upload-cut";

/** Faults that nobody had foreseen: none of the list of thirty. Those come first that take nothing with them. */
export const INVENTED: readonly Fault[] = [
  proxyWorkersKilled,
  masterEnded,
  temporaryFilled,
  uploadCut,
  namesLost,
  engineStopped,
  notesEmptied,
  rootOwned,
  inodesExhausted,
  staticAfterCut,
  diskGone,
];
