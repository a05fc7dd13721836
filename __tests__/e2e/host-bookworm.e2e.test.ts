import { Clone } from "./support/clone";
import { LONG, MINUTE } from "./support/counts";
import { FIRST_RELEASE, ReleasedHost } from "./support/released-host";
import { succeeded } from "./support/run";
import { expectNothingLost, underLoad } from "./support/under-load";

/** Version of the Docker engine that Debian bookworm has. */
const ENGINE = /^20\.10\./;

/** The engine of trixie is that of the other tests. This takes ten minutes. */
(LONG ? describe : describe.skip)("a host of Debian bookworm, whose Docker engine is of 2020", () => {
  let host: ReleasedHost;

  beforeAll(async () => {
    host = await ReleasedHost.create(
      "host-bookworm",
      {
        processes: { worker: { command: "python -c 'import time; time.sleep(10**6)'", memory: 64 } },
        jobs: { hello: { command: "echo hello", memory: 64 } },
        proxy: { rateLimit: 2000, connectionLimit: 2000 },
        host: { region: "eu-central-1", ssh: "anywhere", instanceType: "t4g.medium" },
      },
      { debian: await bookworm() },
    );
    host.clone.release(1);
    await host.clone.mustMake("release");
  }, 2 * FIRST_RELEASE);

  it("serves the first release", async () => {
    expect(await host.mustShell("docker version --format '{{.Server.Version}}'")).toMatch(ENGINE);
    expect(await host.serving()).toBe("1");
  });

  it(
    "a release and a rollback lose no request",
    async () => {
      const result = await underLoad("a release and a rollback on bookworm", host, async () => {
        host.clone.release(2);
        await host.clone.mustMake("release");
        expect(await host.serving()).toBe("2");
        await host.clone.mustMake("rollback");
        expect(await host.serving()).toBe("1");
      });
      expectNothingLost(result);
      const records = await host.records();
      expect(records.map(({ kind }) => kind)).toEqual(["release", "rollback"]);
      for (const record of records) expect(record).toMatchObject({ outcome: "served", probes_failed: 0 });
    },
    4 * MINUTE,
  );

  it(
    "a job runs, and after a power cut the release is there again",
    async () => {
      expect((await host.clone.mustMake("job", { args: "hello --host" })).output).toContain("hello");
      await host.machine.powerCut();
      await host.boot();
      expect(await host.serving()).toBe("1");
    },
    6 * MINUTE,
  );
});

/** Image of Debian bookworm. Where no registry answers, the base image of Python 3.11 is made from it. */
async function bookworm(): Promise<string> {
  // A clone of its own: this one's machine.json then names that version.
  const builder = await Clone.create("host-bookworm-base");
  succeeded(await builder.shell("tools/base-images python=3.11"), "tools/base-images");
  const { images = {} } = JSON.parse(builder.read(".deployment/machine.json")) as {
    readonly images?: { readonly python?: string };
  };
  return images.python === undefined ? "debian:bookworm" : "django-deployment/debian:bookworm";
}
