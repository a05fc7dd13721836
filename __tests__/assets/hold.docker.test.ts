import { readFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "../support/guestbook";
import { Nginx } from "./support/nginx";
import { pause } from "./support/web-containers";

jest.setTimeout(120_000);

const SCRIPT = readFileSync(join(ROOT, "assets", "nginx", "hold.sh"), "utf8");

const nginx = new Nginx();
beforeAll(async () => {
  nginx.start();
  await nginx.application("web", (_request, response) => response.end("served"));
  nginx.link("web.sock", "web");
  const { status, output } = await nginx.apply();
  if (status !== 0) throw new Error(output);
  await served();
});
afterAll(() => nginx.remove());

/** Asks for a page. @returns milliseconds until it was answered */
async function served(): Promise<number> {
  const began = Date.now();
  const { status, body } = await nginx.get("/");
  expect([status, body]).toEqual([200, "served"]);
  return Date.now() - began;
}

/** Holds visitors in the background, as the commands do. */
function hold(seconds: number): void {
  nginx.exec("sh", "-c", '"$@" >/dev/null 2>&1 &', "background", "sh", "-c", SCRIPT, "hold", String(seconds));
}

describe("while visitors are held", () => {
  it("each waits and is served when it ends by itself", async () => {
    hold(2);
    await pause(300);
    const waited = await Promise.all(Array.from({ length: 20 }, served));
    expect(Math.min(...waited)).toBeGreaterThan(1000);
    expect(await served()).toBeLessThan(1000);
  });

  it("it ends as soon as it is told to", async () => {
    hold(30);
    await pause(300);
    const waiting = served();
    await pause(500);
    nginx.exec("touch", "/tmp/hold-ends");
    expect(await waiting).toBeLessThan(5000);
  });

  it("a mark that was left behind does not end the next one", async () => {
    nginx.exec("touch", "/tmp/hold-ends");
    hold(2);
    await pause(300);
    expect(await served()).toBeGreaterThan(1000);
  });

  it("nginx takes its next configuration after it", async () => {
    hold(1);
    await pause(1500);
    expect((await nginx.apply()).status).toBe(0);
    await served();
  });
});
