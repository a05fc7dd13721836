import { MINUTE } from "../e2e/support/counts";
import { FIRST_RELEASE } from "../e2e/support/released-host";
import { longMigration } from "./faults/long-migration";
import { powerCuts } from "./faults/power-cuts";
import { HostSite } from "./support/host-site";
import { tryFaults } from "./support/try-faults";

describe("a deployment on the fake host, whose connection and power are cut", () => {
  let site: HostSite;

  beforeAll(
    async () => {
      site = await HostSite.deploy("power");
    },
    FIRST_RELEASE + 4 * MINUTE,
  );

  tryFaults([longMigration, ...powerCuts()], () => site);
});
