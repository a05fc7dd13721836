import { MINUTE } from "../e2e/support/counts";
import { FAULTS } from "./faults";
import { LocalSite } from "./support/local-site";
import { SETTINGS } from "./support/settings";
import { tryFaults } from "./support/try-faults";

let site: LocalSite;

beforeAll(async () => {
  site = await LocalSite.deploy("local");
}, 6 * MINUTE);

tryFaults(
  FAULTS.filter(({ where, short }) => where.includes("local") && (SETTINGS.long || short === true)),
  () => site,
);
