import { spawnSync } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync, statSync } from "node:fs";
import { join, resolve } from "node:path";
import { GUNICORN, pythonPackages } from "../support/python-packages";
import { ARGUMENTS, Gunicorn, type Timed } from "./support/gunicorn";
import { pause } from "./support/web-containers";

jest.setTimeout(120_000);

const IMAGE = resolve(__dirname, "../../assets/image");

let gunicorn: Gunicorn;
let version: string = GUNICORN;

beforeEach(() => {
  gunicorn = new Gunicorn(version);
});
afterEach(async () => gunicorn.remove());

const get = async (path: string, headers: Record<string, string> = {}, body = ""): Promise<Timed> =>
  gunicorn.get(path, headers, body);

/** The oldest that a project may ask for, the last for Python 3.9, and the one that is installed where nobody asks. */
describe.each(["21.2.0", "23.0.0", GUNICORN])("gunicorn %s with our configuration", (wanted) => {
  beforeAll(() => (version = wanted));

  it("lets its group connect, and nobody else", async () => {
    await gunicorn.start();
    expect(statSync(gunicorn.socket).mode & 0o777).toBe(0o660);
  });

  it("takes the client's address and scheme from nginx", async () => {
    await gunicorn.start();
    const { body } = await get("/", { "X-Real-IP": "203.0.113.7", "X-Forwarded-Proto": "https" });
    expect(JSON.parse(body)).toEqual({ address: "203.0.113.7", scheme: "https" });
    expect(JSON.parse((await get("/", { "X-Forwarded-Proto": "http" })).body)).toEqual({
      address: "",
      scheme: "http",
    });
    // One of the headers that gunicorn believes by default.
    expect((await get("/", { "X-Forwarded-Proto": "http", "X-Forwarded-Ssl": "on" })).status).toBe(200);
  });

  it("takes each path and header that nginx lets through", async () => {
    await gunicorn.start();
    const path = `/?lengths=1&${"x".repeat(16_000)}`;
    expect(JSON.parse((await get(path)).body)).toMatchObject({ query: 16_010 });
    const told = await get("/?lengths=1", { "X-Long": "x".repeat(16_000) });
    expect(JSON.parse(told.body)).toMatchObject({ HTTP_X_LONG: 16_000 });
    const many = Object.fromEntries(Array.from({ length: 900 }, (_, place) => [`X-H-${place}`, "value"]));
    const { status, body } = await get("/?lengths=1", many);
    expect(status).toBe(200);
    expect(Object.keys(JSON.parse(body) as object)).toHaveLength(900 + 1);
  });

  it("serves everybody who had connected when it was told to stop", async () => {
    const child = await gunicorn.start();
    // One thread: the first is being served, the others wait in the kernel's queue.
    const answers = Promise.allSettled(Array.from({ length: 8 }, async () => get("/?seconds=0.2")));
    await pause(100);
    const ended = once(child, "exit");
    child.kill("SIGTERM");
    expect(
      (await answers).map((answer) => (answer.status === "fulfilled" ? answer.value.status : "lost")),
    ).toEqual(Array(8).fill(200));
    await ended;
    expect(child.exitCode).toBe(0);
    expect(existsSync(gunicorn.socket)).toBe(false);
  });

  it("answers 503 to whoever waits for busy threads when it was told to stop", async () => {
    const child = await gunicorn.start({ WEB_GRACEFUL_TIMEOUT: "15" });
    const slow = get("/?seconds=9");
    await pause(300);
    const waiting = Promise.all(Array.from({ length: 5 }, async () => get("/")));
    await pause(200);
    child.kill("SIGTERM");
    const answers = await waiting;
    expect(answers.map(({ status }) => status)).toEqual(Array(5).fill(503));
    expect(Math.max(...answers.map(({ seconds }) => seconds))).toBeLessThan(5 + 1);
    expect((await slow).status).toBe(200);
  });

  it("resets nobody when it was told to stop and its threads hang", async () => {
    const child = await gunicorn.start({ WEB_TIMEOUT: "2", WEB_GRACEFUL_TIMEOUT: "15" });
    const hung = get("/?seconds=60");
    await pause(1200);
    const waiting = Promise.all(Array.from({ length: 5 }, async () => get("/")));
    await pause(200);
    child.kill("SIGTERM");
    expect((await hung).status).toBe(504);
    expect((await waiting).map(({ status }) => status)).toEqual(Array(5).fill(503));
  });

  it("loses nobody when a worker has served its share: another one starts first", async () => {
    await gunicorn.start({ WEB_THREADS: "2", WEB_MAX_REQUESTS: "5", WEB_MAX_REQUESTS_JITTER: "0" });
    // The worker has this one to finish.
    const slow = get("/?seconds=8");
    for (let round = 0; round < 12; round++) {
      const answers = await Promise.all(Array.from({ length: 8 }, async () => get("/")));
      expect(answers.map(({ status }) => status)).toEqual(Array(8).fill(200));
      expect(Math.max(...answers.map(({ seconds }) => seconds))).toBeLessThan(2);
      await pause(500);
    }
    expect((await slow).status).toBe(200);
    expect(gunicorn.started().length).toBeGreaterThan(1);
  });

  it("keeps its threads when views end the program", async () => {
    await gunicorn.start();
    await get("/?exit=1").catch(() => undefined);
    expect((await get("/")).status).toBe(200);
  });

  it("keeps a worker from taking more than it serves: who waits survives its death", async () => {
    await gunicorn.start();
    const [, worker] = /Booting worker with pid: (\d+)/.exec(gunicorn.log) ?? [];
    await pause(500);
    const slow = get("/?seconds=30");
    await pause(200);
    const waiting = Promise.allSettled(Array.from({ length: 5 }, async () => get("/")));
    await pause(200);
    process.kill(Number(worker), "SIGKILL");
    await expect(slow).rejects.toThrow(/hang up|ECONNRESET/);
    expect((await waiting).map((one) => (one.status === "fulfilled" ? one.value.status : "lost"))).toEqual(
      Array(5).fill(200),
    );
  });

  it("gives a sign of life each second, though all of its threads are busy", async () => {
    await gunicorn.start({ WEB_TIMEOUT: "20" });
    await pause(1200);
    const busy = Promise.allSettled([get("/?seconds=4"), get("/?seconds=4")]);
    const seen = new Set<number>();
    for (let look = 0; look < 30; look++) {
      const until = Number(readFileSync(join(gunicorn.folder, "alive-until"), "utf8"));
      seen.add(until);
      const [uptime = "0"] = readFileSync("/proc/uptime", "utf8").split(".");
      // gunicorn's own limit, and the margin in which its master replaces a worker.
      expect(until - Number(uptime)).toBeGreaterThan(20 + 15 - 4);
      expect(until - Number(uptime)).toBeLessThanOrEqual(20 + 15 + 1);
      await pause(100);
    }
    expect(seen.size).toBeGreaterThanOrEqual(2);
    await busy;
  });

  it("answers 503 within five seconds when all threads are taken for long, and serves again afterwards", async () => {
    await gunicorn.start({ WEB_THREADS: "2" });
    const slow = Promise.all([get("/?seconds=9"), get("/?seconds=9")]);
    await pause(300);
    const body = "x".repeat(300_000);
    const answers = await Promise.all(Array.from({ length: 6 }, async () => get("/", {}, body)));
    expect(answers.map(({ status }) => status)).toEqual(Array(6).fill(503));
    expect(Math.max(...answers.map(({ seconds }) => seconds))).toBeLessThan(5 + 1);
    expect((await slow).map(({ status }) => status)).toEqual([200, 200]);
    expect((await get("/")).status).toBe(200);
    expect(gunicorn.log).toContain("threads are taken; ");
  });

  it("turns nobody away while requests end, however many wait", async () => {
    await gunicorn.start({ WEB_THREADS: "2" });
    const answers = await Promise.all(Array.from({ length: 30 }, async () => get("/?seconds=0.5")));
    expect(answers.map(({ status }) => status)).toEqual(Array(30).fill(200));
  });

  it("gives no sign of life while its workers are stopped", async () => {
    await gunicorn.start();
    await pause(1200);
    const [, worker] = /Booting worker with pid: (\d+)/.exec(gunicorn.log) ?? [];
    process.kill(Number(worker), "SIGSTOP");
    await pause(200);
    const before = readFileSync(join(gunicorn.folder, "alive-until"), "utf8");
    await pause(2500);
    expect(readFileSync(join(gunicorn.folder, "alive-until"), "utf8")).toBe(before);
    process.kill(Number(worker), "SIGCONT");
  });

  it("replaces a socket that a killed one has left", async () => {
    const first = await gunicorn.start();
    const ended = once(first, "exit");
    first.kill("SIGKILL");
    await ended;
    expect(existsSync(gunicorn.socket)).toBe(true);
    gunicorn.log = "";
    await gunicorn.start();
    expect((await get("/")).status).toBe(200);
  });

  it.each([
    [
      "a number that is none",
      { WEB_THREADS: "many" },
      "application:application",
      "gunicorn: WEB_THREADS is 'many'; expected a whole number",
    ],
    ["a module that isn't there", {}, "missing.wsgi:application", "No module named 'missing'"],
  ])("ends at once because of %s", (_what, extra, application, message) => {
    const { status, stderr } = spawnSync("gunicorn", [...ARGUMENTS, application], {
      cwd: gunicorn.folder,
      env: gunicorn.environment(extra),
      encoding: "utf8",
      timeout: 30_000,
    });
    expect(status).toBeGreaterThan(0);
    expect(stderr).toContain(message);
  });
});

it.each([
  ["3.8", /^23\.0\.0$/],
  ["3.9", /^23\.0\.0$/],
  ["3.10", /^(2[7-9]|[3-9]\d)\./],
  ["3.13", /^(2[7-9]|[3-9]\d)\./],
])(
  "on Python %s, where the project pins nothing, pip installs the newest gunicorn that there is",
  (python, expected) => {
    // The lines for the older and the newer Pythons ask for the same without a pin.
    const wanted = readFileSync(join(IMAGE, "requirements.txt"), "utf8").match(/^gunicorn[^;\n]*/gm) ?? [];
    expect(wanted).not.toEqual([]);
    const only = [
      "--only-binary=:all:",
      "--no-deps",
      "--python-version",
      python,
      "--target",
      gunicorn.folder,
    ];
    const { stdout } = spawnSync(
      join(pythonPackages(), "pip"),
      ["install", "--dry-run", "--quiet", "--report", "-", ...only, ...wanted],
      { encoding: "utf8" },
    );
    const { install } = JSON.parse(stdout) as { install: { metadata: { version: string } }[] };
    expect(install.map(({ metadata }) => metadata.version)).toEqual([expect.stringMatching(expected)]);
  },
);
