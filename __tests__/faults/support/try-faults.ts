import { MINUTE } from "../../e2e/support/counts";
import type { Fault } from "./fault";
import { SETTINGS } from "./settings";
import type { Site } from "./site";
import { Trial } from "./trial";

/**
 * Declares a test for each of the faults; all of them are tried on one site, in this order.
 *
 * @param site is asked when the tests run
 */
export function tryFaults(faults: readonly Fault[], site: () => Site): void {
  for (const fault of faults) {
    it(
      `fault ${fault.number}: ${fault.title}`,
      async () => {
        const result = await Trial.run(fault, site());
        expect(SETTINGS.before ? [] : result.missed).toEqual([]);
      },
      (fault.minutes ?? 5) * MINUTE,
    );
  }
}
