import { LinkTrace } from "./support/link-trace";
import { pause, WebContainers } from "./support/web-containers";

jest.setTimeout(60_000);

/** Seconds. */
const SOAK = { WEB_SOAK: "1" };

let web: WebContainers;
beforeEach(() => {
  web = new WebContainers(SOAK);
});
afterEach(async () => {
  await web.remove();
});

describe("rule 4: the soak", () => {
  it("is served before the container counts as healthy", async () => {
    const first = await web.started("first");
    const { healthy, output } = await first.check();
    expect(healthy).toBe(false);
    expect(output).toContain("has not served for 1 s yet");
    await pause(2000);
    expect((await first.check()).healthy).toBe(true);
  });

  it("is counted anew after a start that came before its end, and after a bad answer", async () => {
    const first = await web.started("first");
    await first.check();
    await first.kill();
    await pause(2000);
    await first.start();
    expect((await first.check()).healthy).toBe(false);
    first.answers("503");
    await first.check();
    await pause(2000);
    first.answers("200");
    expect((await first.check()).healthy).toBe(false);
    await first.becomesHealthy();
  });

  it("is not asked for again once it was completed", async () => {
    const first = await web.serving("first");
    await first.kill();
    await first.start();
    expect((await first.check()).healthy).toBe(true);
  });

  it("leaves the old container healthy while the new one serves", async () => {
    const old = await web.serving("old");
    await (await web.started("next")).check();
    expect((await old.check()).healthy).toBe(true);
  });

  it("is a container's turn: when it dies in it, the old one takes over and keeps the traffic", async () => {
    const old = await web.serving("old");
    const broken = await web.started("broken");
    for (let crash = 0; crash < 4; crash++) {
      await broken.check();
      await broken.kill();
      await old.check();
      expect(web.behind("web.sock")).toBe("old");
      await broken.start();
      const { healthy } = await broken.check();
      expect(healthy).toBe(false);
      expect(web.behind("web.sock")).toBe("old");
    }
  });

  it("gives the traffic to the old one at the restart when nobody had noticed the crash", async () => {
    await web.serving("old");
    const broken = await web.started("broken");
    await broken.check();
    await broken.kill();
    await broken.start();
    expect(web.behind("web.sock")).toBe("old");
    await broken.check();
    expect(web.behind("web.sock")).toBe("old");
  });

  it.each(["a check of the old one", "its own restart"] as const)(
    "has no moment in which both links lead to the socket of who died: %s moves them",
    async (mover) => {
      const links = new LinkTrace(web.folder);
      const old = await web.serving("old", links.environment);
      const broken = await web.started("broken", links.environment);
      await broken.check();
      await broken.kill();
      links.clear();
      await (mover === "its own restart" ? broken.start() : old.check());
      expect(links.seen()).not.toContainEqual(["broken", "broken"]);
      expect(links.seen().at(-1)).toEqual(["old", "broken"]);
    },
  );

  it("does not keep one that had its turn from serving when nobody else answers", async () => {
    const old = await web.serving("old");
    const broken = await web.started("broken");
    await broken.check();
    await broken.kill();
    await old.check();
    await broken.start();
    await old.stop();
    await broken.becomesHealthy();
    expect(web.behind("web.sock")).toBe("broken");
  });

  it("leaves a dead socket to another container that answers", async () => {
    const old = await web.serving("old");
    const broken = await web.started("broken");
    await broken.check();
    await broken.kill();
    await old.check();
    await broken.start();
    const next = await web.serving("next");
    await next.kill();
    await broken.check();
    expect(web.behind("web.sock")).toBe("next");
    await old.check();
    expect(web.behind("web.sock")).toBe("old");
  });

  it("hands over to the next good release after a broken one", async () => {
    const old = await web.serving("old");
    const broken = await web.started("broken");
    await broken.check();
    await broken.kill();
    await old.check();
    await web.serving("good");
    expect(web.behind("web.sock")).toBe("good");
    expect(web.behind("previous.sock")).toBe("old");
  });
});

describe("rule 5: the sweep", () => {
  it("lets no container that crashes over and over come back as a new release", async () => {
    const old = await web.serving("old");
    const crashing = await web.started("crashing");
    await crashing.check();
    await crashing.kill();
    await old.check();
    await web.serving("good");
    await crashing.start();
    await crashing.check();
    expect(web.behind("web.sock")).toBe("good");
  });
});
