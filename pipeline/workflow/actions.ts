import type { ActionReference } from "./workflow";

/**
 * The one action that is used. Its hash is that of the tag in github.com/actions/checkout (July 2026: the last release of
 * version 5, which wants Node 24 on the runner as version 6 and 7 do).
 */
export const CHECKOUT: ActionReference = {
  action: "actions/checkout",
  commit: "fbc6f3992d24b796d5a048ff273f7fcc4a7b6c09",
  version: "v5.1.0",
};
