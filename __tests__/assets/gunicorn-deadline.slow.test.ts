import { existsSync } from "node:fs";
import { Gunicorn } from "./support/gunicorn";
import { pause } from "./support/web-containers";

jest.setTimeout(120_000);

/** Seconds that a request may take. */
const LIMIT = 3;

/** A request that hangs on something that never answers. */
const HANGS = "/hangs/?seconds=60&token=secret";

let gunicorn: Gunicorn;

beforeEach(() => {
  gunicorn = new Gunicorn();
});
afterEach(async () => gunicorn.remove());

/** The oldest that a project's pin may name, the newest for Python 3.8 and 3.9, and that of the other tests. */
const VERSIONS = ["21.2.0", "23.0.0", undefined];

const start = async (workers: number, threads: number, limit = LIMIT): Promise<unknown> =>
  gunicorn.start({
    WEB_CONCURRENCY: String(workers),
    WEB_THREADS: String(threads),
    WEB_TIMEOUT: String(limit),
  });

const isAlive = (pid: number): boolean => existsSync(`/proc/${pid}`);

describe("a request that takes longer than web.timeout", () => {
  it("is answered 504, and the log says where it is, but not its query", async () => {
    await start(1, 2);
    const { status, seconds } = await gunicorn.get(HANGS);
    expect(status).toBe(504);
    expect(seconds).toBeGreaterThanOrEqual(LIMIT);
    expect(seconds).toBeLessThan(LIMIT + 2);
    while (!gunicorn.log.includes("time.sleep")) await pause(20);
    expect(gunicorn.log).toMatch(/GET \/hangs\/ has taken 3 s \(`web.timeout`\)/);
    expect(gunicorn.log).toMatch(/in wait_for_upstream\n\s+time\.sleep\(seconds\)/);
    expect(gunicorn.log).not.toContain("secret");
    // Frames that each request has.
    expect(gunicorn.log).not.toContain("in handle_request");
  });

  it.each(VERSIONS)("has its worker replaced: another one starts first (gunicorn %s)", async (version) => {
    await gunicorn.remove();
    gunicorn = new Gunicorn(version);
    await start(1, 3);
    const [old = 0] = gunicorn.started();
    const hung = gunicorn.get(HANGS);
    await pause(LIMIT * 1000 - 500);
    const other = gunicorn.get("/?seconds=2.9");
    expect((await hung).status).toBe(504);
    // Both run while one replaces the other.
    while (gunicorn.workers().length < 2) await pause(20);
    expect(isAlive(old)).toBe(true);
    expect((await other).status).toBe(200);
    while (isAlive(old)) await pause(20);
    expect(gunicorn.workers()).toHaveLength(1);
    // Not one more than were configured, afterwards either.
    await pause(2500);
    expect(gunicorn.started()).toHaveLength(2);
    expect(gunicorn.workers()).toEqual(gunicorn.started().slice(1));
  });

  it("takes no thread for good: all threads of all workers hang, and visitors are served again", async () => {
    await start(3, 2);
    while (gunicorn.workers().length < 3) await pause(20);
    const seen = { least: 3, most: 0 };
    const watch = setInterval(() => {
      const { length } = gunicorn.workers();
      seen.least = Math.min(seen.least, length);
      seen.most = Math.max(seen.most, length);
    }, 20);
    await pause(1000);
    const answers = await Promise.all(Array.from({ length: 6 }, async () => gunicorn.get(HANGS)));
    expect(answers.map(({ status }) => status)).toEqual(Array(6).fill(504));
    while (gunicorn.started().length < 6 || gunicorn.workers().length > 3) await pause(50);
    clearInterval(watch);
    // One at a time, and never the last.
    expect(seen).toEqual({ least: 3, most: 4 });
    expect((await gunicorn.get("/")).status).toBe(200);
  });

  it("replaces a worker, too, whose request waits for threads of its own", async () => {
    await start(1, 1);
    const [old = 0] = gunicorn.started();
    expect((await gunicorn.get(`${HANGS}&pool=1`)).status).toBe(504);
    const began = Date.now();
    while (isAlive(old)) await pause(50);
    expect(Date.now() - began).toBeLessThan(10_000);
    expect((await gunicorn.get("/")).status).toBe(200);
  });

  it("replaces workers, too, whose requests have made processes that outlive them", async () => {
    await start(1, 1);
    for (const already of [1, 2]) {
      expect((await gunicorn.get(`${HANGS}&fork=1`)).status).toBe(504);
      const began = Date.now();
      while (gunicorn.started().length === already && Date.now() - began < 10_000) await pause(50);
      expect(gunicorn.started()).toHaveLength(already + 1);
    }
    expect((await gunicorn.get("/")).status).toBe(200);
  });

  it("kills no worker that looks after the queue, however short the limit is", async () => {
    await start(2, 2, 1);
    while (gunicorn.workers().length < 2) await pause(20);
    await pause(1000);
    const hung = Promise.all(Array.from({ length: 4 }, async () => gunicorn.get(HANGS)));
    for (let sent = 0; sent < 60; sent++) {
      void gunicorn.get("/").catch(() => undefined);
      await pause(100);
    }
    expect((await hung).map(({ status }) => status)).toEqual(Array(4).fill(504));
    expect((await gunicorn.get("/")).status).toBe(200);
    expect(gunicorn.log).not.toContain("WORKER TIMEOUT");
  });

  it("goes on when its answer has begun", async () => {
    await start(1, 2);
    const { status, body } = await gunicorn.get(`/?stream=1&seconds=${LIMIT * 2}`);
    expect({ status, body }).toEqual({ status: 200, body: `${"part\n".repeat(LIMIT * 2)}end\n` });
    expect(gunicorn.started()).toHaveLength(1);
  });

  it("replaces no worker when it ends by itself before", async () => {
    await start(1, 2);
    expect((await gunicorn.get(`/?seconds=${LIMIT + 0.05}`)).status).toBeGreaterThanOrEqual(200);
    expect((await gunicorn.get(`/?seconds=${LIMIT - 1}`)).status).toBe(200);
    await pause(1500);
    expect(gunicorn.workers()).toHaveLength(1);
  });
});

describe("when all threads are taken", () => {
  /** What nginx says in each request. */
  const sentNow = (ago = 0): Record<string, string> => ({
    "X-Request-Start": `t=${(Date.now() / 1000 - ago).toFixed(3)}`,
  });

  it("answers hundreds at once within five seconds", async () => {
    await gunicorn.start({ WEB_THREADS: "2" });
    const slow = Promise.all([gunicorn.get("/?seconds=12"), gunicorn.get("/?seconds=12")]);
    await pause(300);
    const answers = await Promise.all(Array.from({ length: 200 }, async () => gunicorn.get("/", sentNow())));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([503]));
    expect(Math.max(...answers.map(({ seconds }) => seconds))).toBeLessThan(5);
    expect((await slow).map(({ status }) => status)).toEqual([200, 200]);
  });

  it("answers within five seconds, too, when a request ends now and then and many wait", async () => {
    await gunicorn.start({ WEB_THREADS: "4" });
    const answers = await Promise.all(
      Array.from({ length: 40 }, async (_, place) => {
        await pause(place * 100);
        return gunicorn.get("/?seconds=4", sentNow());
      }),
    );
    const turnedAway = answers.filter(({ status }) => status === 503);
    expect(turnedAway.length).toBeGreaterThan(20);
    expect(Math.max(...turnedAway.map(({ seconds }) => seconds))).toBeLessThan(5);
    expect(answers.filter(({ status }) => status === 200).length).toBe(40 - turnedAway.length);
  });

  it("lets a visitor wait for a thread that becomes free in time", async () => {
    await gunicorn.start();
    const slow = gunicorn.get("/?seconds=2.5");
    await pause(300);
    const waited = await gunicorn.get("/", sentNow());
    expect(waited.status).toBe(200);
    expect(waited.seconds).toBeGreaterThan(1.5);
    expect((await slow).status).toBe(200);
  });

  it("works on no request whose visitor has gone", async () => {
    await gunicorn.start();
    const slow = gunicorn.get("/?seconds=2");
    await pause(300);
    for (let gone = 0; gone < 10; gone++) await gunicorn.leave("/?seconds=2");
    const { status, seconds } = await gunicorn.get("/", sentNow());
    expect({ status, early: seconds < 3 }).toEqual({ status: 200, early: true });
    expect((await slow).status).toBe(200);
  });

  it("takes no visitor from another worker, whose threads are busy but quick", async () => {
    await gunicorn.start({ WEB_CONCURRENCY: "2" });
    while (gunicorn.workers().length < 2) await pause(20);
    await pause(1000);
    const slow = gunicorn.get("/?seconds=9");
    await pause(600);
    const statuses: number[] = [];
    // Two at once for the one thread that is left, and a moment without anybody.
    for (let round = 0; round < 10; round++) {
      const pair = await Promise.all([1, 2].map(async () => gunicorn.get("/?seconds=0.25", sentNow())));
      statuses.push(...pair.map(({ status }) => status));
      await pause(200);
    }
    expect(statuses).toEqual(Array(20).fill(200));
    expect((await slow).status).toBe(200);
  });

  it("serves a request of long ago when threads were free: the machine has slept", async () => {
    await gunicorn.start();
    await pause(1200);
    expect((await gunicorn.get("/", sentNow(20))).status).toBe(200);
  });
});
