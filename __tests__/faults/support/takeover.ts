import { underLoad } from "../../e2e/support/under-load";
import { Holdings } from "./holdings";
import { letSlowViewsHarm } from "./guestbook";
import { BEFORE, withoutBefore } from "./settings";
import type { Site } from "./site";

/** Requests a second meanwhile. */
const RATE = 30;

/** Seconds for which nobody answers at the port when nginx's version has changed (docs/releases.md). */
const CLOSED = 5;

/** What a client meets at a port that is closed. */
const NOBODY = /socket hang up|ECONNRESET|ECONNREFUSED/;

/** `it`, where the commit {@link BEFORE} is at hand; elsewhere the test is skipped, and it is said why. */
export const itWithBefore: jest.It = (() => {
  const reason = withoutBefore();
  if (reason === undefined) return it;
  console.warn(`SKIPPED: deployments of ${BEFORE} can't be made here: ${reason}`);
  return it.skip;
})();

/**
 * Lets the working tree's code take over a deployment of {@link BEFORE} while requests come in: as it is, with a release,
 * and with no change at all.
 *
 * Where nginx's version has changed, its container is replaced: the release says so, and its port is closed for seconds.
 *
 * @throws when a volume was replaced, a request failed otherwise, or a row or a file is lost
 */
export async function expectTakeover(site: Site): Promise<void> {
  await site.sql("SELECT 1;");
  const volumes = await volumesOf(site);
  const database = await site.starts("database");
  const nginx = await site.starts("nginx");
  let said = "";
  const held = await Holdings.of(site);
  const { failures, lost, doubled, uploads } = await underLoad(
    `${site.where}: ${BEFORE} is taken over`,
    site,
    async () => {
      await site.clone.pull();
      letSlowViewsHarm(site.clone);
      site.clone.release("taken over");
      said = (await site.mustRelease()).output;
    },
    { rate: RATE, uploads: true },
  );
  const replaced = (await site.starts("database")) !== database;
  console.log(`${site.where}: the container of the database was ${replaced ? "replaced" : "kept"}`);
  const announced = (await site.starts("nginx")) !== nginx && said.includes("nginx is replaced");
  const met = failures.filter(({ reason }) => announced && NOBODY.test(reason));
  const seconds = met.map(({ second }) => second);
  expect(seconds.length === 0 ? 0 : Math.max(...seconds) - Math.min(...seconds)).toBeLessThan(CLOSED);
  const others = failures.filter((failure) => !met.includes(failure));
  expect({ failures: others, lost, doubled }).toEqual({ failures: [], lost: [], doubled: [] });
  expect(await site.filesLost(uploads)).toEqual([]);
  expect(held.lostSince(await Holdings.of(site))).toEqual({ rows: 0, files: 0 });
  // Each data volume of before is the same one; new ones may have come.
  expect(await volumesOf(site)).toEqual(expect.objectContaining(volumes));
  expect(await site.isWell()).toBe(true);
}

/** The folder of each volume that a service mounts, by its number in the file system: another one is another volume. */
async function volumesOf(site: Site): Promise<Record<string, string>> {
  const found: Record<string, string> = {};
  for (const role of ["database", "web"]) {
    const { Mounts } = await site.container(role);
    for (const { Name, Destination } of Mounts) {
      if (Name === undefined || Name === "") continue;
      found[Name] = (await site.inside(role, `stat --format %i ${Destination}`)).stdout.trim();
    }
  }
  return found;
}
