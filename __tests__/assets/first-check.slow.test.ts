import { readFileSync } from "node:fs";
import { join } from "node:path";
import { pause, WebContainers } from "./support/web-containers";

jest.setTimeout(60_000);

let web: WebContainers;
beforeEach(() => {
  web = new WebContainers({ WEB_LOOK_EACH: "0.1" });
});
afterEach(async () => {
  await web.remove();
});

/** Waits until somebody has the traffic. */
async function taken(by: string): Promise<void> {
  const end = Date.now() + 10_000;
  while (web.behind("web.sock") !== by && Date.now() < end) await pause(20);
  expect(web.behind("web.sock")).toBe(by);
}

describe("the first check of a start", () => {
  it("comes as soon as gunicorn answers, and the traffic with it, without a check of the engine", async () => {
    await web.started("old");
    await taken("old");
    await web.started("next");
    await taken("next");
  });

  it("waits for an answer that takes long", async () => {
    const slow = web.container("slow");
    slow.answers("hang");
    await slow.start();
    await pause(1500);
    expect(web.behind("web.sock")).toBeUndefined();
    slow.answers("200");
    await taken("slow");
  });

  it("is the only one after a bad answer: the engine's decide from then on", async () => {
    const old = await web.started("old");
    await taken("old");
    const next = web.container("next");
    next.answers("500");
    await next.start();
    await pause(1500);
    const asked = next
      .requests()
      .split("\n")
      .filter((line) => line.includes("/health/"));
    expect(asked).toHaveLength(1);
    next.answers("200");
    await pause(500);
    expect(web.behind("web.sock")).toBe("old");
    expect((await old.check()).healthy).toBe(true);
    await next.check();
    expect(web.behind("web.sock")).toBe("next");
  });

  it("counts as one refusal of a release whose page is worse", async () => {
    const old = await web.started("old");
    await taken("old");
    old.answers("200", "/");
    const next = web.container("next");
    next.answers("500", "/");
    await next.start();
    await pause(1500);
    expect(web.behind("web.sock")).toBe("old");
    expect(readFileSync(join(web.folder, "containers/next/refused"), "utf8")).toBe("1\n");
    expect((await next.check()).output).toContain("refused");
  });
});
