import { HOST_FOLDER } from "../../../cli/host/ssh";
import { LONG, MINUTE } from "./counts";
import { Registry } from "./registry";
import type { ReleasedHost } from "./released-host";
import { errorsOf } from "./run";
import { expectNothingLost, underLoad } from "./under-load";

/** Builds an image anew. It takes a minute; short runs show the same with an engine in memory. */
const itLong = LONG ? it : it.skip;

/** Requests a second while the database is exchanged: who has waited for it comes at once afterwards. */
const GENTLE = 30;

/** Makes an image newer than it was: a package of another version, as dpkg sees it. */
const newer = (version: string): string =>
  `sed -i '/^Package: tzdata$/,/^Version:/ s/^Version: .*/Version: ${version}/' /var/lib/dpkg/status`;

/** What a refresh promises, on a host on which a release serves; its engine has the base images, and no registry yet. */
export function describeRefreshes(hostOf: () => ReleasedHost): void {
  describe("a refresh", () => {
    let registry: Registry;
    let host: ReleasedHost;
    /** The release that is refreshed, the number in its code, and the image of its database. */
    let first = "";
    let number = "";
    let database = "";
    /** The refresh of it. */
    let refreshed = { release: "", image: "" };

    beforeAll(async () => {
      host = hostOf();
      number = await host.serving();
      first = await currentOf(host);
      database = await imageOf(host, "database");
      registry = await Registry.start(host.machine);
      for (const name of Object.values(host.baseImages)) await registry.push(name);
    }, 5 * MINUTE);

    it(
      "says in one line that no registry answers, and changes nothing",
      async () => {
        await registry.switchOff();
        const before = await everything(host);
        const outcome = await host.clone.make("release", { args: "--refresh" });
        await registry.switchOn();
        expect(outcome.status).not.toBe(0);
        const [reason, ...rest] = errorsOf(outcome);
        expect(reason).toMatch(/^✗ \S+ could not be fetched: .*Nothing was changed; see: docker pull \S+$/);
        // Whoever passes it on.
        expect(rest).toEqual([
          expect.stringMatching(/^error: the refresh failed; the lines above say why/),
          expect.stringMatching(/^✗ release is stopped while it was to be refreshed/),
        ]);
        expect(await everything(host)).toBe(before);
      },
      3 * MINUTE,
    );

    it(
      "loses no request: newer base images are used by their digests, and the record says what has changed",
      async () => {
        const nginx = await imageOf(host, "nginx");
        const { python = "", mariadb = "" } = host.baseImages;
        await registry.pushNewer(python, newer("2099z-1"));
        await registry.pushNewer(mariadb, newer("2099z-1"));
        // What was not released yet must not be.
        host.clone.release(`${number}-next`);
        const result = await underLoad("a refresh", host, async () => {
          await host.clone.mustMake("release", { args: "--refresh" });
        });
        expectNothingLost(result);
        expect(await host.serving()).toBe(number);
        expect(await imageOf(host, "nginx")).toBe(nginx);
        expect(await imageOf(host, "database")).toMatch(new RegExp(`^${mariadb}@sha256:[0-9a-f]{64} `));
        const record = await host.lastRecord();
        expect(record).toMatchObject({ kind: "refresh", outcome: "served", probes_failed: 0 });
        expect(record.packages_changed).toEqual([
          expect.stringMatching(/^web: tzdata \S+ → 2099z-1$/),
          expect.stringMatching(/^mariadb: tzdata \S+ → 2099z-1$/),
        ]);
        const packages = await packagesOf(host);
        expect(packages).toContain("pkg:deb/debian/tzdata@2099z-1");
        expect(packages.some((url) => /^pkg:pypi\/gunicorn@2[7-9]\./.test(url))).toBe(true);
        const status = await host.clone.mustMake("status", { args: "--host" });
        expect(status.output).not.toContain("--refresh");
      },
      10 * MINUTE,
    );

    it(
      "can be gone back from, to the base images of then, and loses no request",
      async () => {
        refreshed = { release: await currentOf(host), image: await imageOf(host, "database") };
        const result = await underLoad(
          "a rollback from a refresh",
          host,
          async () => {
            await host.clone.mustMake("rollback");
          },
          { rate: GENTLE },
        );
        expectNothingLost(result, GENTLE);
        expect(await currentOf(host)).toBe(first);
        expect(await imageOf(host, "database")).toBe(database);
      },
      10 * MINUTE,
    );

    itLong(
      "can be come back to, and a release after it has its base images: neither loses a request",
      async () => {
        const result = await underLoad(
          "a rollback to a refresh, and a release",
          host,
          async () => {
            await host.clone.mustMake("rollback", { args: refreshed.release });
            expect(await imageOf(host, "database")).toBe(refreshed.image);
            await host.clone.mustMake("release");
          },
          { rate: GENTLE },
        );
        expectNothingLost(result, GENTLE);
        expect(await host.serving()).toBe(`${number}-next`);
        expect(await imageOf(host, "database")).toBe(refreshed.image);
      },
      10 * MINUTE,
    );

    itLong(
      "after another one is gone back from to that one's digests; it has said that a newer nginx is replaced",
      async () => {
        const { nginx = "", mariadb = "" } = host.baseImages;
        const refresh = async (version: string): Promise<string> => {
          for (const name of [nginx, mariadb]) await registry.pushNewer(name, newer(version));
          return (await host.clone.mustMake("release", { args: "--refresh" })).output;
        };
        const images = async (): Promise<string[]> => [
          await imageOf(host, "nginx"),
          await imageOf(host, "database"),
        ];
        expect(await refresh("2099z-2")).toContain("plan: nginx is replaced when the release serves");
        const before = await images();
        for (const image of before) expect(image).toMatch(/^\S+@sha256:[0-9a-f]{64} /);
        await refresh("2099z-3");
        const now = await images();
        expect(now.filter((image) => before.includes(image))).toEqual([]);
        await host.clone.mustMake("rollback");
        expect(await images()).toEqual(before);
      },
      10 * MINUTE,
    );
  });
}

/** The name of the release that serves. */
async function currentOf(host: ReleasedHost): Promise<string> {
  return (await host.mustShell(`basename "$(readlink ${HOST_FOLDER}/current)"`)).trim();
}

/** What runs of a role: the image's name and its id. */
async function imageOf(host: ReleasedHost, role: string): Promise<string> {
  const ids = `docker ps --quiet --filter label=django-deployment.role=${role}`;
  return (await host.mustShell(`docker inspect --format '{{.Config.Image}} {{.Image}}' $(${ids})`)).trim();
}

/** All that must be as it was after a refresh that has failed. */
async function everything(host: ReleasedHost): Promise<string> {
  const commands = [
    "docker ps --quiet --no-trunc | sort",
    "docker image ls --no-trunc --digests --format '{{.Repository}}:{{.Tag}} {{.Digest}} {{.ID}}' | sort",
    `readlink ${HOST_FOLDER}/current`,
    `ls -A ${HOST_FOLDER} ${HOST_FOLDER}/releases ${HOST_FOLDER}/receipts`,
  ];
  return host.mustShell(commands.join("; "));
}

/** The packages of the release that serves, by their URLs. */
async function packagesOf(host: ReleasedHost): Promise<string[]> {
  const bill = JSON.parse(await host.mustShell(`cat ${HOST_FOLDER}/current/sbom.json`)) as {
    readonly components: readonly { readonly components: readonly { readonly purl: string }[] }[];
  };
  return bill.components.flatMap(({ components }) => components.map(({ purl }) => purl));
}
