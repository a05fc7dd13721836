import { MINUTE } from "../e2e/support/counts";
import { FIRST_RELEASE } from "../e2e/support/released-host";
import { HostSite } from "./support/host-site";
import { BEFORE } from "./support/settings";
import { expectTakeover, itWithBefore } from "./support/takeover";

itWithBefore(
  `a deployment that ${BEFORE} made on a host is taken over under load: no volume replaced, no request failed, old release records readable, rollback works`,
  async () => {
    const site = await HostSite.deploy("takeover-host", BEFORE);
    site.clone.release("second");
    await site.mustRelease();
    const before = await site.host.records();
    await expectTakeover(site);

    // What the older release program wrote down.
    const after = await site.host.records();
    expect(after.map(({ release }) => release)).toEqual(
      expect.arrayContaining(before.map(({ release }) => release)),
    );
    expect(await site.host.serving()).toBe("taken over");

    // Back to what the older code released, and forward again.
    await site.clone.mustMake("rollback");
    expect(await site.host.serving()).toBe("second");
    expect(await site.isWell()).toBe(true);
    await site.mustRelease();
    expect(await site.host.serving()).toBe("taken over");
  },
  FIRST_RELEASE + 12 * MINUTE,
);
