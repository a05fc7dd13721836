import { MINUTE } from "../e2e/support/counts";
import { faultsOf } from "./faults";
import { LocalSite } from "./support/local-site";
import { BEFORE, SETTINGS, TRIED_COMMIT, withoutBefore } from "./support/settings";
import { expectTakeover, itWithBefore } from "./support/takeover";
import { tryFaults } from "./support/try-faults";

/** Whose code makes the deployment: what survives faults must also survive them where it has taken one over. */
const MADE_BY = SETTINGS.before || withoutBefore() !== undefined ? TRIED_COMMIT : BEFORE;

describe("a deployment on this computer", () => {
  let site: LocalSite;

  beforeAll(async () => {
    site = await LocalSite.deploy("local", MADE_BY);
  }, 6 * MINUTE);

  if (!SETTINGS.before) {
    itWithBefore(
      `that ${BEFORE} made is taken over under load: no volume replaced, no request failed`,
      async () => expectTakeover(site),
      6 * MINUTE,
    );
  }

  tryFaults(faultsOf("local"), () => site);
});
