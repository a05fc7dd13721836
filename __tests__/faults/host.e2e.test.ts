import { MINUTE } from "../e2e/support/counts";
import { FIRST_RELEASE } from "../e2e/support/released-host";
import { faultsOf } from "./faults";
import { HostSite } from "./support/host-site";
import { SETTINGS } from "./support/settings";
import { tryFaults } from "./support/try-faults";

/** Too long for the short form. */
const describeLong = SETTINGS.long ? describe : describe.skip;

describeLong("a deployment on the fake host", () => {
  let site: HostSite;

  beforeAll(
    async () => {
      site = await HostSite.deploy("host");
    },
    FIRST_RELEASE + 4 * MINUTE,
  );

  tryFaults(faultsOf("host"), () => site);
});
