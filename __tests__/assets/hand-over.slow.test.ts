import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { pause, WebContainers } from "./support/web-containers";

// Without a soak; those with a soak are in hand-over-soak.slow.test.ts.
jest.setTimeout(60_000);

let web: WebContainers;
beforeEach(() => {
  web = new WebContainers();
});
afterEach(async () => {
  await web.remove();
});

describe("rule 1: a rising number, taken once", () => {
  it("gives each container the next number and keeps it across restarts", async () => {
    const first = await web.started("first");
    await web.started("second");
    await first.kill();
    await first.start();
    expect(web.files()).toEqual(
      expect.arrayContaining(["000000000001-first.sock", "000000000002-second.sock"]),
    );
    expect(web.files().filter((file) => /^\d/.test(file))).toHaveLength(2);
  });

  it("gives containers that start at the same moment numbers of their own", async () => {
    await Promise.all(["a", "b", "c", "d", "e", "f"].map((name) => web.started(name)));
    const numbers = web.files().flatMap((file) => /^(\d{12})-/.exec(file)?.[1] ?? []);
    expect(new Set(numbers).size).toBe(6);
    expect(numbers.at(-1)).toBe("000000000006");
  });

  it("rises although the counter is lost or half written", async () => {
    await web.started("first");
    await web.started("second");
    rmSync(join(web.folder, "counter"));
    await web.started("third");
    writeFileSync(join(web.folder, "counter"), "");
    await web.started("fourth");
    expect(web.files()).toEqual(
      expect.arrayContaining(["000000000003-third.sock", "000000000004-fourth.sock"]),
    );
  });

  it("counts beyond numbers that a shell would read as octal", async () => {
    writeFileSync(join(web.folder, "counter"), "000000000008\n");
    await web.started("next");
    expect(web.files()).toContain("000000000009-next.sock");
  });
});

describe("rule 2: who takes the traffic", () => {
  it("is the first container when nobody has it", async () => {
    const first = await web.started("first");
    await first.check();
    expect(web.behind("web.sock")).toBe("first");
  });

  it("is the newer one when it is healthy, and the older one does not take it back", async () => {
    const old = await web.serving("old");
    const next = await web.started("next");
    await old.check();
    expect(web.behind("web.sock")).toBe("old");
    await next.check();
    expect(web.behind("web.sock")).toBe("next");
    await old.check();
    expect(web.behind("web.sock")).toBe("next");
  });

  it("is not an older container that never had it", async () => {
    const late = await web.started("late");
    const newer = await web.serving("newer");
    const { healthy } = await late.check();
    expect(healthy).toBe(false);
    expect(web.behind("web.sock")).toBe("newer");
    expect((await newer.check()).healthy).toBe(true);
  });

  it("is whoever answers when the socket behind the link is dead, stopped or killed", async () => {
    const old = await web.serving("old");
    const next = await web.serving("next");
    await next.kill();
    await old.check();
    expect(web.behind("web.sock")).toBe("old");
    await old.stop();
    await next.start();
    await next.check();
    expect(web.behind("web.sock")).toBe("next");
  });

  it("is nobody whose own health page is bad", async () => {
    const old = await web.serving("old");
    const next = await web.started("next");
    next.answers("500");
    const { healthy, output } = await next.check();
    expect(healthy).toBe(false);
    expect(output).toContain("answers 500 to /health/ (Host: shop.example.com)");
    expect(web.behind("web.sock")).toBe("old");
    await old.kill();
    await next.check();
    expect(web.behind("web.sock")).toBe("old");
  });

  it("is another one when the socket behind the link is sick three checks in a row, and not after two", async () => {
    const old = await web.serving("old");
    const next = await web.started("next");
    await next.check();
    for (let round = 0; round < 2; round++) {
      next.answers("500");
      await old.check();
      await old.check();
      expect(web.behind("web.sock")).toBe("next");
      next.answers("200");
      await old.check();
    }
    next.answers("500");
    for (let check = 0; check < 3; check++) await old.check();
    expect(web.behind("web.sock")).toBe("old");
  });

  it("is another one when the socket behind the link is late ten checks in a row, and not after nine", async () => {
    await web.remove();
    web = new WebContainers({ WEB_PROBE_SECONDS: "0.2" });
    const old = await web.serving("old");
    const next = await web.started("next");
    await next.check();
    next.answers("hang");
    for (let check = 0; check < 9; check++) await old.check();
    expect(web.behind("web.sock")).toBe("next");
    await old.check();
    expect(web.behind("web.sock")).toBe("old");
  });

  it("asks each container for its own page with its own host name", async () => {
    const old = await web.serving("old");
    const next = await web.started("next", { WEB_HEALTH_PATH: "/alive", WEB_HEALTH_HOST: "www.example.com" });
    old.answers("404", "/alive");
    next.answers("404", "/health/");
    for (let check = 0; check < 6; check++) {
      await next.check();
      await old.check();
      expect(web.behind("web.sock")).toBe("next");
    }
    expect(next.requests()).not.toContain("shop.example.com");
    expect(next.requests()).toMatch(/^GET \/alive HTTP\/1\.1\r\nHost: www\.example\.com\r$/m);
    next.answers("500", "/alive");
    for (let check = 0; check < 3; check++) await old.check();
    expect(web.behind("web.sock")).toBe("old");
  });

  it("takes any answer below 500 of a container that has kept no page, as those of older releases", async () => {
    const old = await web.serving("old");
    rmSync(join(web.folder, "containers/old/page"));
    old.answers("404");
    const late = await web.serving("late");
    await late.kill();
    expect((await old.check()).healthy).toBe(true);
    await late.start();
    expect(web.behind("web.sock")).toBe("old");
    old.answers("500");
    for (let check = 0; check < 3; check++) await late.check();
    expect(web.behind("web.sock")).toBe("late");
  });

  it("leaves one session with the application, whatever cookies it gives", async () => {
    const first = await web.started("first");
    for (let check = 0; check < 4; check++) await first.check();
    const asked = first.requests().match(/^GET /gm)?.length ?? 0;
    const cookies = first.requests().match(/^Cookie: .*\bsession=\d+/gm) ?? [];
    expect(asked).toBeGreaterThan(0);
    expect(cookies).toHaveLength(asked - 1);
    expect(new Set(cookies.map((cookie) => /session=\d+/.exec(cookie)?.[0])).size).toBeLessThan(2);
  });

  it("asks with a permitted host and as if by TLS, else Django refuses or redirects", async () => {
    const first = await web.started("first");
    await first.check();
    expect(first.requests()).toMatch(/^GET \/health\/ HTTP\/1\.1\r$/m);
    expect(first.requests()).toMatch(/^Host: shop\.example\.com\r$/m);
    expect(first.requests()).toMatch(/^X-Forwarded-Proto: https\r$/m);
  });

  it("takes a closed or missing page for healthy only where the project names no health path", async () => {
    const strict = await web.started("strict");
    strict.answers("404");
    expect((await strict.check()).output).toContain("answers 404");
    const loose = new WebContainers({ WEB_HEALTH_ANY: "1" });
    try {
      const any = await loose.started("any");
      any.answers("404");
      await any.becomesHealthy();
      await any.kill();
      const refused = await loose.started("refused");
      refused.answers("400");
      expect((await refused.check()).output).toContain("answers 400");
    } finally {
      await loose.remove();
    }
  });
});

describe("rule 3: the second link", () => {
  it("points at the socket that served until now", async () => {
    await web.serving("old");
    expect(web.behind("previous.sock")).toBeUndefined();
    const next = await web.started("next");
    await next.check();
    expect(web.behind("previous.sock")).toBe("old");
    await (await web.started("third")).check();
    expect(web.behind("previous.sock")).toBe("next");
  });
});

describe("rule 6: no page is worse than before", () => {
  it("refuses a release whose first page is an error, while the one before answers", async () => {
    const old = await web.serving("old");
    const next = await web.started("next");
    next.answers("500", "/");
    const { healthy, output } = await next.check();
    expect(healthy).toBe(false);
    expect(output).toContain(
      "refused: this release answers 500 to /, to which the release that serves answers 200",
    );
    expect(web.behind("web.sock")).toBe("old");
    expect((await old.check()).healthy).toBe(true);
  });

  it("follows redirects to the page that a visitor ends at", async () => {
    const old = await web.serving("old");
    const next = await web.started("next");
    for (const one of [old, next]) one.answers("302 /login", "/");
    next.answers("500", "/login");
    expect((await next.check()).output).toContain("answers 500 to /,");
    next.answers("200", "/login");
    expect((await next.check()).healthy).toBe(true);
  });

  it.each([
    ["an error before, too", "503", "500"],
    ["a closed page before", "404", "500"],
    ["a closed page now", "200", "403"],
    ["a redirect to https now", "200", "301 https://shop.example.com/"],
    ["a page that is late now", "200", "hang"],
  ])("lets %s pass", async (_what, before, now) => {
    const old = await web.serving("old");
    old.answers(before, "/");
    const next = await web.started("next");
    next.answers(now, "/");
    await next.becomesHealthy();
    expect(web.behind("web.sock")).toBe("next");
  });

  it("does not keep a container from serving that is alone", async () => {
    const old = await web.serving("old");
    await old.kill();
    const next = await web.started("next");
    next.answers("500", "/");
    await next.becomesHealthy();
  });

  it("ends a release that is refused ten checks in a row", async () => {
    await web.serving("old");
    const next = await web.started("next");
    next.answers("500", "/");
    for (let check = 0; check < 9; check++) await next.check();
    expect(next.runs).toBe(true);
    await next.check();
    await pause(200);
    expect(next.runs).toBe(false);
    expect(web.behind("web.sock")).toBe("old");
  });
});

describe("liveness", () => {
  it("is all that is asked of a container after its soak: no page, no link, no other container", async () => {
    const first = await web.serving("first");
    const asked = first.requests();
    for (const status of ["500", "hang"]) {
      first.answers(status);
      for (let check = 0; check < 8; check++) expect((await first.check()).healthy).toBe(true);
    }
    expect(first.requests()).toBe(asked);
    expect(first.runs).toBe(true);
  });

  it("ends gunicorn after three checks in a row without a sign of life, before and after the soak", async () => {
    for (const name of ["first", "second"]) {
      const one = name === "first" ? await web.started(name) : await web.serving(name);
      one.livesFor(-1);
      for (let check = 1; check < 3; check++) {
        const { healthy, output } = await one.check();
        expect(healthy).toBe(false);
        expect(output).toContain(`no worker of gunicorn gives a sign of life (${check} of 3 checks)`);
      }
      await pause(100);
      expect(one.runs).toBe(true);
      await one.check();
      await pause(200);
      expect(one.runs).toBe(false);
    }
  });

  it("forgets silences after one sign of life", async () => {
    const first = await web.serving("first");
    for (let round = 0; round < 3; round++) {
      first.livesFor(-1);
      await first.check();
      await first.check();
      first.livesFor(30);
      expect((await first.check()).healthy).toBe(true);
    }
    expect(first.runs).toBe(true);
  });

  it.each(["", "garbage", "0000000000000000000x"])(
    "takes %j for no sign of life, and does not fail",
    async (text) => {
      const first = await web.serving("first");
      writeFileSync(join(first.memory(), "alive-until"), text);
      expect((await first.check()).output).toContain("1 of 3 checks");
      first.livesFor(30);
      expect((await first.check()).healthy).toBe(true);
    },
  );

  it("takes the traffic back after a restart, though the soak is over", async () => {
    const first = await web.serving("first");
    rmSync(join(web.folder, "web.sock"));
    await first.check();
    expect(web.behind("web.sock")).toBe("first");
  });

  it("leaves a container alone that is not ready for long, when it is the only one", async () => {
    await web.remove();
    web = new WebContainers({ WEB_START_TIMEOUT: "0", WEB_SOAK: "0" });
    const first = await web.started("first");
    first.answers("503");
    writeFileSync(join(first.memory(), "started"), "0\n");
    first.livesFor(30);
    for (let check = 0; check < 5; check++) expect((await first.check()).healthy).toBe(false);
    expect(first.runs).toBe(true);
  });

  it("ends a release that is not ready in its time while another one serves", async () => {
    const old = await web.serving("old");
    const next = await web.started("next");
    next.answers("503");
    await next.check();
    await pause(200);
    expect(next.runs).toBe(true);
    writeFileSync(join(next.memory(), "started"), "0\n");
    await next.check();
    await pause(200);
    expect(next.runs).toBe(false);
    expect((await old.check()).healthy).toBe(true);
  });
});

describe("rule 5: the sweep", () => {
  it("removes what is dead and older than the release before", async () => {
    for (const name of ["one", "two", "three"]) {
      const before = web.behind("web.sock");
      const container = await web.serving(name);
      expect(web.behind("web.sock")).toBe(name);
      expect(before).not.toBe(name);
      if (name !== "three") await container.kill();
    }
    expect(web.files("containers")).toEqual(["three", "two"]);
    expect(web.files().filter((file) => file.startsWith("0"))).toEqual([
      "000000000002-two.sock",
      "000000000003-three.sock",
    ]);
  });

  it("spares an old container that still answers", async () => {
    await web.serving("one");
    await web.serving("two");
    await web.serving("three");
    expect(web.files("containers")).toEqual(["one", "three", "two"]);
  });
});

describe("robustness", () => {
  it("reads correctly whatever a killed check has left", async () => {
    const old = await web.serving("old");
    for (let round = 0; round < 12; round++) {
      const next = await web.started(`next-${round}`);
      for (let kill = 0; kill < 3; kill++) await next.checkKilledAfter(2 + ((round * 3 + kill) % 36));
      await next.becomesHealthy();
      expect(web.behind("web.sock")).toBe(`next-${round}`);
      await next.stop();
      await old.check();
      expect(web.behind("web.sock")).toBe("old");
    }
    expect(web.files().filter((file) => file.endsWith(".next"))).toEqual([]);
  });

  it("is not stopped by a link that was left half moved", async () => {
    const first = await web.started("first");
    for (const link of [".web.sock.next", ".previous.sock.next"]) symlinkSync("gone", join(web.folder, link));
    writeFileSync(join(web.folder, "containers/first/since.next"), "12");
    await first.becomesHealthy();
    await (await web.started("second")).becomesHealthy();
    expect([web.behind("web.sock"), web.behind("previous.sock")]).toEqual(["second", "first"]);
  });

  it("gives the traffic to exactly one when two containers check at once", async () => {
    const containers = await Promise.all(["a", "b", "c"].map((name) => web.started(name)));
    for (let round = 0; round < 5; round++) await Promise.all(containers.map((one) => one.check()));
    const newest = web.files().findLast((file) => /^\d.*\.sock$/.test(file));
    expect(newest).toContain(`-${web.behind("web.sock") ?? ""}.sock`);
  });

  it("needs no repair when the lock's holder was killed", async () => {
    const first = await web.started("first");
    mkdirSync(join(web.folder, "containers", "stranger"));
    for (let kill = 0; kill < 5; kill++) await first.checkKilledAfter(5 + kill * 3);
    await first.becomesHealthy();
  });

  it("costs less than 50 ms of processor time a check", async () => {
    const old = await web.serving("old");
    await web.serving("next");
    // The old one's check is the dearest: it asks two sockets.
    const health = resolve(__dirname, "../../assets/image/bin/health");
    const loop = `i=0; while [ $i -lt 20 ]; do "${health}" >/dev/null; i=$((i + 1)); done; times`;
    const times = execFileSync("sh", ["-c", loop], {
      env: old.environment(),
      encoding: "utf8",
    });
    const children = times.trim().split("\n")[1] ?? "";
    const seconds = [...children.matchAll(/(\d+)m([\d.]+)s/g)].map(([, m, s]) => Number(m) * 60 + Number(s));
    expect(seconds).toHaveLength(2);
    const milliseconds = (seconds.reduce((sum, one) => sum + one, 0) / 20) * 1000;
    expect(milliseconds).toBeLessThan(50);
  });
});

it("says what is missing when the volume is not writable or the container was never started", async () => {
  const never = web.container("never");
  expect((await never.check()).output).toContain("never has no number yet: gunicorn is not started");
  expect(existsSync(join(web.folder, "lock"))).toBe(false);
  expect(readdirSync(web.folder)).toEqual([]);
});
