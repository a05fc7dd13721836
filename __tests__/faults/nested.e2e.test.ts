import { MINUTE } from "../e2e/support/counts";
import { faultsOf } from "./faults";
import { NestedSite } from "./support/nested-site";
import { SETTINGS } from "./support/settings";
import { tryFaults } from "./support/try-faults";

/** Too long for the short form. */
const describeLong = SETTINGS.long ? describe : describe.skip;

describeLong("a deployment on an engine of its own", () => {
  let site: NestedSite;

  beforeAll(async () => {
    site = await NestedSite.deploy("nested");
  }, 12 * MINUTE);

  tryFaults(faultsOf("nested"), () => site);
});
