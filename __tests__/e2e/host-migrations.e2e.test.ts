import { MINUTE } from "./support/counts";
import { FITTING_KINDS, PREPARED, UNFIT_KINDS } from "./support/migration-kinds";
import { addMigration } from "./support/migrations";
import { FIRST_RELEASE, HOST_SECTION, ReleasedHost } from "./support/released-host";
import { expectNothingLost, underLoad } from "./support/under-load";

/** All visitors of the load come from one address. */
const PROXY = { rateLimit: 2000, connectionLimit: 2000 } as const;

let host: ReleasedHost;
let number = 1;

const release = async (): Promise<void> => host.release(++number);

beforeAll(async () => {
  host = await ReleasedHost.create("host-migrations", { proxy: PROXY });
  addMigration(host.clone, "prepared", PREPARED);
  await host.release(number);
}, FIRST_RELEASE);

it.each(FITTING_KINDS)(
  "a migration that fits fails no request on a host: $what",
  async (kind) => {
    const name = addMigration(host.clone, "kind", kind);
    const result = await underLoad(`a migration on a host: ${kind.what}`, host, release);
    expectNothingLost(result);
    expect(await host.lastRecord()).toMatchObject({ migrations_applied: [name], migrations_accepted: {} });
  },
  3 * MINUTE,
);

it.each(UNFIT_KINDS)(
  "a migration that does not fit is refused on a host, and let through with a reason: $what",
  async (kind) => {
    const name = addMigration(host.clone, "kind", kind);
    const serving = String(number);
    host.clone.release(++number);
    const result = await underLoad(`a migration that is refused: ${kind.what}`, host, async () => {
      const { status, output } = await host.clone.make("release");
      expect(status).not.toBe(0);
      expect(output).toContain(`- ${name}: `);
      expect(output).toContain(kind.refused);
      expect(output).toContain(`release: { accept: { "${name}": "the reason" } }`);
    });
    expectNothingLost(result);
    expect(await host.serving()).toBe(serving);
    expect((await host.lastRecord()).reason).toContain("Nothing was changed");

    const accept = { [name]: "nobody writes at night" };
    host.clone.configure({ proxy: PROXY, host: HOST_SECTION, release: { accept } });
    await release();
    expect(await host.lastRecord()).toMatchObject({ outcome: "served", migrations_accepted: accept });
  },
  5 * MINUTE,
);
