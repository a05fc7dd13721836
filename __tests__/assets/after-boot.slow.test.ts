import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pause, WebContainers } from "./support/web-containers";

jest.setTimeout(60_000);

const BOOT = readFileSync("/proc/sys/kernel/random/boot_id", "utf8");

let web: WebContainers;
beforeEach(() => {
  web = new WebContainers({ WEB_LOOK_AFTER: "0" });
});
afterEach(async () => {
  await web.remove();
});

const read = (name: string): string | undefined =>
  web.files().includes(name) ? readFileSync(join(web.folder, name), "utf8") : undefined;

/** Waits until a file of the volume holds this. */
async function holds(name: string, expected: string | undefined): Promise<void> {
  const end = Date.now() + 20_000;
  while (read(name) !== expected && Date.now() < end) await pause(50);
  expect(read(name)).toBe(expected);
}

describe("after a boot web has files looked for that are missing", () => {
  it.each([
    ["nothing is missing", "0"],
    ["some are", "3"],
  ])("once: %s", async (_what, status) => {
    const first = await web.started("first", { FAKE_FILES: status });
    await holds("missing-files", "missing-files: asked for 300 s\n");
    await holds("looked", BOOT);
    writeFileSync(join(web.folder, "missing-files"), "of before");
    await first.kill();
    await first.start();
    await pause(1000);
    expect(read("missing-files")).toBe("of before");
  });

  it("again after another boot", async () => {
    writeFileSync(join(web.folder, "looked"), "another boot\n");
    await web.started("first");
    await holds("looked", BOOT);
  });

  it("again at the next start when the search could not end", async () => {
    const first = await web.started("first", { FAKE_FILES: "1" });
    await pause(1000);
    expect(web.files().filter((name) => /looked|missing/.test(name))).toEqual([]);
    await first.kill();
    await web.started("second");
    await holds("looked", BOOT);
  });
});
