import { Clone } from "./support/clone";
import { MINUTE } from "./support/counts";
import { FITTING_KINDS, PREPARED, UNFIT_KINDS } from "./support/migration-kinds";
import { addMigration } from "./support/migrations";
import { expectNothingLost, underLoad } from "./support/under-load";

/** All visitors of the load come from one address. */
const PROXY = { rateLimit: 2000, connectionLimit: 2000 } as const;

let clone: Clone;
let release = 1;

/** Deploys the next release, and gives what was said. */
async function up(): Promise<string> {
  clone.release(++release);
  const { output } = await clone.mustMake("up");
  expect(await clone.serving()).toBe(String(release));
  return output;
}

beforeAll(async () => {
  clone = await Clone.create("migrations");
  clone.configure({ proxy: PROXY });
  addMigration(clone, "prepared", PREPARED);
  await clone.mustMake("up");
}, 6 * MINUTE);

it.each(FITTING_KINDS)(
  "a migration that fits fails no request on this computer: $what",
  async (kind) => {
    addMigration(clone, "kind", kind);
    const result = await underLoad(`a migration on this computer: ${kind.what}`, clone, async () => {
      expect(await up()).not.toContain("a host refuses these migrations");
    });
    expectNothingLost(result);
  },
  3 * MINUTE,
);

it.each(UNFIT_KINDS)(
  "a migration that does not fit is a warning on this computer, and goes on: $what",
  async (kind) => {
    const name = addMigration(clone, "kind", kind);
    const said = await up();
    expect(said).toContain("warning: a host refuses these migrations");
    expect(said).toContain(`- ${name}: `);
    expect(said).toContain(kind.refused);
  },
  3 * MINUTE,
);
