import { chmodSync, cpSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import * as fc from "fast-check";
import { trustedNetworks } from "../../config/resolve/trusted";
import { ROOT } from "../support/guestbook";
import { lint, lintersFolder } from "../support/repository";
import { docker, ENVIRONMENT, Nginx, NGINX_IMAGE } from "./support/nginx";

jest.setTimeout(300_000);

const HASHED = "css/base.96c479cedf7a.css";
const STYLE = "body { color: red }\n".repeat(200);

const nginx = new Nginx();

beforeAll(async () => {
  nginx.start();
  await nginx.application("000000000001-a.sock", (request, response, body) =>
    response
      .setHeader("x-frame-options", "SAMEORIGIN")
      .setHeader("content-type", "application/json")
      .end(JSON.stringify({ url: request.url, method: request.method, headers: request.headers, body })),
  );
  nginx.link("web.sock", "000000000001-a.sock");
  nginx.put("static/plain.css", STYLE);
  nginx.put(`static/${HASHED}`, STYLE);
  nginx.put(`static/${HASHED}.gz`, gzipSync(`/* packed */${STYLE}`));
  for (const path of [
    "static/.collected/a.css",
    "static/dump.sql",
    "static/a/nginx.conf",
    "static/old.css.bak",
  ])
    nginx.put(path, "secret");
  for (const path of ["media/photo.jpg", "media/page.html", "media/picture.SVG", "media/run.sh"])
    nginx.put(path, "upload");
  const { status, output } = await nginx.apply();
  expect(output).toContain("nginx runs with the new configuration");
  expect(status).toBe(0);
});
afterAll(() => nginx.remove());

/** What the application was told. */
async function told(
  options: Parameters<Nginx["get"]>[1] & { path?: string },
): Promise<{ headers: Record<string, string>; body: string }> {
  const { status, body } = await nginx.get(options.path ?? "/api/", options);
  expect(status).toBe(200);
  return JSON.parse(body) as { headers: Record<string, string>; body: string };
}

describe("the rendered configuration", () => {
  it("is nothing that gixy complains about", () => {
    const file = join(nginx.configuration(), "nginx.conf");
    expect(lint(join(lintersFolder(), "gixy"), file)).toBe("");
  });

  it("is accepted by nginx -t for whatever the application model may ask for", () => {
    const path = fc.stringMatching(/^\/[a-z0-9_.-]{1,8}\/$/).filter((text) => !text.includes(".."));
    const number = (max: number): fc.Arbitrary<string> => fc.integer({ min: 1, max }).map(String);
    const label = fc.stringMatching(/^[a-z0-9]([a-z0-9-]{0,8}[a-z0-9])?$/);
    const names = fc.array(
      fc.oneof(
        label,
        label.map((text) => `.${text}.org`),
        label.map((text) => `*.${text}.org`),
      ),
      {
        minLength: 1,
        maxLength: 40,
      },
    );
    const environments = fc.sample(
      fc.record({
        NGINX_SERVER_NAMES: fc.oneof(
          names.map((list) => [...new Set(list)].join(" ")),
          fc.constant("*"),
        ),
        NGINX_PORT: fc.integer({ min: 1024, max: 8000 }).map(String),
        NGINX_BODY_SIZE: number(10_240).map((size) => `${size}m`),
        NGINX_STATIC_URL: path,
        NGINX_READ_TIMEOUT: number(3605),
        NGINX_RATE: number(100_000),
        NGINX_RATE_BURST: number(200_000),
        NGINX_CONNECTIONS: number(65_535),
        NGINX_BODIES_AT_ONCE: number(2048),
        NGINX_SMALL_BODIES_AT_ONCE: number(2048),
        NGINX_LOGIN_RATE: number(100_000),
        NGINX_LOGIN_PATHS: fc.array(path, { minLength: 1, maxLength: 9 }).map((paths) => paths.join("|")),
        NGINX_TRUSTED: fc
          .uniqueArray(
            fc.oneof(
              fc.ipV4().map((address) => `${address}/32`),
              fc.ipV6().map((address) => `${address}/128`),
            ),
            { maxLength: 9 },
          )
          .map((networks) => trustedNetworks(networks).join(" ")),
        NGINX_STATIC_LOG: fc.constantFrom("0", "1"),
        NGINX_WORKER_PROCESSES: fc.oneof(fc.constant("auto"), number(8)),
        NGINX_WORKER_CONNECTIONS: fc.integer({ min: 64, max: 65_535 }).map(String),
      }),
      process.env["LONG"] === "1" ? 300 : 30,
    );
    // One container for all: the time goes into starting them.
    const script = environments.map((environment, index) => {
      const all = { ...ENVIRONMENT, ...environment, NGINX_MEDIA_URL: "/uploads/of/users/" };
      const variables = Object.entries(all)
        .map(([name, value]) => `${name}='${value}'`)
        .join(" ");
      return `${variables} sh /upload/apply.sh check >/tmp/out 2>&1 || { echo "${index}: ${variables}"; cat /tmp/out; }`;
    });
    // As a file: hundreds of them are too long for an argument.
    const folder = mkdtempSync(join(tmpdir(), "configurations-"));
    try {
      writeFileSync(join(folder, "check.sh"), script.join("\n"), { mode: 0o644 });
      chmodSync(folder, 0o755);
      const volumes = [`${ROOT}/assets/nginx:/upload:ro`, `${folder}:/check:ro`];
      const output = docker(
        ...["run", "--rm", "--network", "none", "--user", "101:10001"],
        ...volumes.flatMap((volume) => ["--volume", volume]),
        ...["--entrypoint", "sh", NGINX_IMAGE, "/check/check.sh"],
      );
      expect(output).toBe("");
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it.each([
    ["NGINX_SERVER_NAMES", "a;}", "host names with spaces between them"],
    ["NGINX_SERVER_NAMES", "", "host names with spaces between them"],
    ["NGINX_RATE", "0", "a whole number above 0"],
    ["NGINX_BODIES_AT_ONCE", "", "a whole number above 0"],
    ["NGINX_TRUSTED", "192.0.2.7; }", "networks in CIDR form with spaces between them"],
    ["NGINX_STATIC_LOG", "yes", "'0' or '1'"],
    ["NGINX_LOGIN_RATE", "0", "a whole number above 0"],
    ["NGINX_LOGIN_PATHS", "/login)$", "paths with | between them"],
    ["NGINX_BODIES", "/run/x y", "an absolute folder"],
    ["NGINX_STATIC_URL", "static", "a path with slashes at both ends"],
    ["NGINX_FORWARDED_PROTO", "https; }", "'http', 'https' or a variable of nginx"],
    ["NGINX_WORKER_PROCESSES", "many", "'auto' or a whole number above 0"],
  ])("is not made from %s=%j", async (name, value, expected) => {
    const { status, output } = await nginx.apply({ ...ENVIRONMENT, [name]: value }, { mode: "check" });
    expect(status).toBe(1);
    expect(output).toContain(`nginx-config: ${name} is '${value}'; expected ${expected}`);
  });
});

describe("applying a configuration", () => {
  it("refuses one that nginx refuses, and changes nothing", async () => {
    const broken = mkdtempSync(join(tmpdir(), "broken-"));
    try {
      cpSync(join(ROOT, "assets", "nginx"), broken, { recursive: true });
      writeFileSync(join(broken, "headers.conf"), "add_header broken;\n");
      const before = nginx.exec("readlink", "/etc/nginx/deployment/current");
      for (const mode of ["check", "apply"]) {
        const { status, output } = await nginx.apply(ENVIRONMENT, { mode, assets: broken });
        expect(status).toBe(1);
        expect(output).toMatch(
          /nginx refuses the new configuration and keeps the old one:\n.*invalid number of arguments in "add_header" directive in .*headers\.conf:1/,
        );
      }
      expect(nginx.exec("readlink", "/etc/nginx/deployment/current")).toBe(before);
      expect(nginx.exec("ls", "/etc/nginx/deployment").trim().split("\n")).toHaveLength(2);
      expect((await nginx.get("/api/")).status).toBe(200);
    } finally {
      rmSync(broken, { recursive: true });
    }
  });

  it("reloads under load without a failed request, and only when something changed", async () => {
    const same = await nginx.apply();
    expect(same.output).toContain("nginx runs with this configuration already");
    let stop = false;
    const statuses: number[] = [];
    const load = Promise.all(
      [1, 2, 3, 4].map(async () => {
        while (!stop) statuses.push((await nginx.get("/api/", { method: "POST", body: "x" })).status);
      }),
    );
    await new Promise((done) => setTimeout(done, 300));
    for (const size of ["1m", "2m"]) {
      const container = `NGINX_BODY_SIZE=${size}`;
      const { status, output } = await nginx.apply({ ...ENVIRONMENT, NGINX_BODY_SIZE: size });
      expect([container, status, output]).toEqual([
        container,
        0,
        expect.stringContaining("with the new configuration"),
      ]);
      await new Promise((done) => setTimeout(done, 300));
    }
    stop = true;
    await load;
    expect(statuses.length).toBeGreaterThan(20);
    expect(new Set(statuses)).toEqual(new Set([200]));
    const large = { method: "POST", body: Buffer.alloc(2_500_000) };
    expect((await nginx.get("/api/", large)).status).toBe(413);
    expect((await nginx.apply()).status).toBe(0);
    expect((await nginx.get("/api/", large)).status).toBe(200);
  });

  it("limits the requests of one address, and says when to come again", async () => {
    expect((await nginx.apply({ ...ENVIRONMENT, NGINX_RATE: "1", NGINX_RATE_BURST: "2" })).status).toBe(0);
    const began = performance.now();
    const answers = await Promise.all(Array.from({ length: 20 }, async () => nginx.get("/api/")));
    const seconds = Math.ceil((performance.now() - began) / 1000);
    const limited = answers.filter(({ status }) => status === 429);
    // The burst and the one before it, and one more for each second that a busy machine has taken.
    expect(limited.length).toBeGreaterThanOrEqual(20 - 3 - seconds);
    expect(limited.length).toBeGreaterThan(0);
    expect(limited[0]?.headers["retry-after"]).toBe("1");
    // Files cost nothing.
    const files = await Promise.all(Array.from({ length: 8 }, async () => nginx.get("/static/plain.css")));
    expect(files.map(({ status }) => status)).toEqual(Array(8).fill(200));
    expect((await nginx.apply()).status).toBe(0);
  });
});

describe("a request's body", () => {
  const LARGE = 2_000_000;
  const post = async (size: number): Promise<number> =>
    (await nginx.get("/api/", { method: "POST", body: Buffer.alloc(size) })).status;

  it("is a file without a name, which is gone with nginx, and so many files are there at once", async () => {
    expect((await nginx.apply({ ...ENVIRONMENT, NGINX_BODIES_AT_ONCE: "2" })).status).toBe(0);
    const stalled = [await nginx.stalledUpload(LARGE), await nginx.stalledUpload(LARGE)];
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(nginx.exec("ls", "-A", "/run/web/bodies")).toBe("");
    // One more has no room. A smaller one has room of its own, and what fits into memory needs none.
    expect(await post(LARGE)).toBe(429);
    expect(await post(LARGE - 1)).toBe(200);
    expect(await post(100_000)).toBe(200);
    expect(await post(99_999)).toBe(200);
    for (const socket of stalled) socket.destroy();
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(await post(LARGE)).toBe(200);
    expect((await nginx.apply({ ...ENVIRONMENT, NGINX_SMALL_BODIES_AT_ONCE: "1" })).status).toBe(0);
    const small = await nginx.stalledUpload(LARGE - 1);
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(await post(100_000)).toBe(429);
    expect(await post(LARGE)).toBe(200);
    small.destroy();
    expect((await nginx.apply()).status).toBe(0);
  });

  it("may be as large as the configuration says, and no byte larger, without another container", async () => {
    const sizes = [2 * 1024 * 1024, 2 * 1024 * 1024 + 1];
    expect((await nginx.apply({ ...ENVIRONMENT, NGINX_BODY_SIZE: "2m" })).status).toBe(0);
    expect(await Promise.all(sizes.map(post))).toEqual([200, 413]);
    expect((await nginx.apply({ ...ENVIRONMENT, NGINX_BODY_SIZE: "3m" })).status).toBe(0);
    expect(await Promise.all(sizes.map(post))).toEqual([200, 200]);
    expect((await nginx.apply()).status).toBe(0);
  });
});

describe("a log-in", () => {
  afterAll(async () => nginx.apply());

  it.each([
    ["the admin's, at any place", "/en/secret-admin/login/?next=/en/secret-admin/"],
    ["Django's own", "/accounts/login/"],
    ["one without a slash", "/api/sign-in"],
    ["one that the settings or deployment.ts name", "/members/v1.0/enter/"],
    ["written otherwise", "//admin/%6cogin/"],
  ])("may be sent twenty times a minute, and twenty times more at once: %s", async (_what, path) => {
    const paths = "/accounts/login|/members/v1\\.0/enter";
    await nginx.apply({ ...ENVIRONMENT, NGINX_LOGIN_PATHS: paths });
    const send = async (method: string, to: string): Promise<number> =>
      (await nginx.get(to, { method, body: method === "POST" ? "password=wrong" : "" })).status;
    // All log-ins of an address count together, and nginx keeps the count when it is reloaded.
    const statuses: number[] = [];
    for (let sent = 0; sent < 40; sent++) statuses.push(await send("POST", path));
    expect(statuses.filter((status) => status === 429).length).toBeGreaterThanOrEqual(15);
    // To look at the page, and everything else, is not a log-in.
    expect(await send("GET", path)).toBe(200);
    expect(await send("POST", "/members/v1x0/enter/")).toBe(200);
    expect(await send("POST", "/blog/logins/")).toBe(200);
    expect(await send("POST", "/relogin/")).toBe(200);
  });
});

describe("a request for the application", () => {
  it("carries what nginx knows, and nothing that the client made up", async () => {
    const { headers } = await told({
      host: "localhost:8443",
      headers: {
        "x-forwarded-for": "6.6.6.6",
        "x-real-ip": "6.6.6.6",
        "x-forwarded-proto": "https",
        "x-forwarded-host": "evil",
        "x-forwarded-port": "1",
        "x-forwarded-ssl": "on",
        "x-forwarded-protocol": "ssl",
        forwarded: "for=6.6.6.6",
        proxy: "evil",
        "x-request-start": "t=1.000",
        script_name: "/evil",
        accept: "text/html",
      },
    });
    expect(headers["x-real-ip"]).toMatch(/^\d+\.\d+\.\d+\.\d+$/);
    expect(headers).toEqual({
      host: "localhost:8443",
      "x-real-ip": headers["x-real-ip"],
      "x-forwarded-for": headers["x-real-ip"],
      "x-forwarded-proto": "http",
      "x-request-start": headers["x-request-start"],
      connection: "close",
      accept: "text/html",
    });
    // Since when it waits for a thread.
    const sent = Number(/^t=(\d+\.\d{3})$/.exec(String(headers["x-request-start"]))?.[1]);
    expect(Math.abs(Date.now() / 1000 - sent)).toBeLessThan(5);
  });

  it("may have a long path, long headers and many; what is too long gets the status that says so", async () => {
    const many = Object.fromEntries(Array.from({ length: 120 }, (_, place) => [`x-h-${place}`, "value"]));
    for (const headers of [{ "x-long": "x".repeat(8300) }, { "x-long": "x".repeat(15_000) }, many])
      expect((await told({ headers })).headers).toMatchObject(headers);
    expect((await nginx.get(`/api/?${"x".repeat(4200)}`)).status).toBe(200);
    expect((await nginx.get(`/api/?${"x".repeat(17_000)}`)).status).toBe(414);
    for (const host of ["localhost", "elsewhere.example"])
      expect((await nginx.get("/api/", { host, headers: { "x-long": "x".repeat(17_000) } })).status).toBe(
        431,
      );
  });

  it("gets each security header once, the application's own if it sets one", async () => {
    const { headers } = await nginx.get("/api/");
    expect(headers["x-frame-options"]).toBe("SAMEORIGIN");
    expect(headers["x-content-type-options"]).toBe("nosniff");
    expect(headers["referrer-policy"]).toBe("same-origin");
    expect(headers["server"]).toBe("nginx");
    await nginx.application("000000000002-own.sock", (_request, response) =>
      response
        .setHeader("x-content-type-options", "nosniff")
        .setHeader("referrer-policy", "no-referrer")
        .end(),
    );
    nginx.link("web.sock", "000000000002-own.sock");
    const own = await nginx.get("/api/");
    nginx.link("web.sock", "000000000001-a.sock");
    expect(own.headers["x-content-type-options"]).toBe("nosniff");
    expect(own.headers["referrer-policy"]).toBe("no-referrer");
  });

  it.each(["unknown.org", "example.org", ""])("is not answered at all for the host %j", async (host) => {
    await expect(nginx.get("/api/", { host })).rejects.toThrow(/socket hang up|ECONNRESET/);
  });

  it("is answered for the names of the deployment, subdomains of a dotted one too", async () => {
    for (const host of ["localhost", "LOCALHOST:80", "example.com", "www.example.com"])
      expect((await nginx.get("/api/", { host })).status).toBe(200);
  });

  it("reaches it for any path that is not of a served folder", async () => {
    await told({ path: "/export/data.sql" });
  });
});

describe("the hand-over, seen from nginx", () => {
  afterEach(() => {
    nginx.link("web.sock", "000000000001-a.sock");
    nginx.link("previous.sock", "gone.sock");
  });

  it("sends what the first socket refuses to the one before, a POST with its body too, every time", async () => {
    const dead = await nginx.application("000000000009-dead.sock", (_request, response) => response.end());
    await new Promise((closed) => dead.close(closed));
    nginx.link("previous.sock", "000000000001-a.sock");
    for (const target of ["000000000009-dead.sock", "missing.sock"]) {
      nginx.link("web.sock", target);
      for (let i = 0; i < 50; i++) {
        const { body } = await told({ method: "POST", body: `body ${i}` });
        expect(body).toBe(`body ${i}`);
      }
    }
  });

  it("does not send a POST twice that was sent once", async () => {
    let before = 0;
    await nginx.application("000000000003-dies.sock", (request) => request.socket.destroy());
    await nginx.application("000000000004-before.sock", (_request, response) => {
      before++;
      response.end("before");
    });
    nginx.link("web.sock", "000000000003-dies.sock");
    nginx.link("previous.sock", "000000000004-before.sock");
    expect((await nginx.get("/api/", { method: "POST", body: "x" })).status).toBe(502);
    expect(before).toBe(0);
    expect((await nginx.get("/api/")).body).toBe("before");
  });

  it("answers with a page of its own when nobody serves, and is back at once when somebody does", async () => {
    nginx.link("web.sock", "missing.sock");
    for (let i = 0; i < 5; i++) {
      const { status, headers, body } = await nginx.get("/api/", { method: "POST", body: "x" });
      expect(status).toBe(502);
      expect(headers["retry-after"]).toBe("5");
      expect(headers["cache-control"]).toBe("no-store");
      expect(body).toContain("Back in a moment");
    }
    nginx.link("web.sock", "000000000001-a.sock");
    await told({});
  });

  it("passes the application's own errors on as they are", async () => {
    await nginx.application("000000000005-errs.sock", (_request, response) =>
      response.writeHead(503).end("mine"),
    );
    nginx.link("web.sock", "000000000005-errs.sock");
    expect(await nginx.get("/api/")).toMatchObject({ status: 503, body: "mine" });
  });
});

describe("static files", () => {
  it("are kept by browsers for good under a hashed name only", async () => {
    const [hashed, plain] = [await nginx.get(`/static/${HASHED}`), await nginx.get("/static/plain.css")];
    expect(hashed).toMatchObject({ status: 200, body: STYLE });
    expect(hashed.headers["cache-control"]).toBe("public, max-age=31536000, immutable");
    expect(hashed.headers["content-type"]).toBe("text/css; charset=utf-8");
    expect(plain.headers["cache-control"]).toBe("no-cache");
    expect(plain.headers["x-content-type-options"]).toBe("nosniff");
    const etag = String(plain.headers["etag"]);
    expect((await nginx.get("/static/plain.css", { headers: { "if-none-match": etag } })).status).toBe(304);
  });

  it("go out compressed: the copy that was made, else made on the fly", async () => {
    const accept = { headers: { "accept-encoding": "gzip" } };
    const packed = await nginx.get(`/static/${HASHED}`, accept);
    expect(packed.headers["content-encoding"]).toBe("gzip");
    expect(packed.headers["content-length"]).toBe(String(gzipSync(`/* packed */${STYLE}`).length));
    const plain = await nginx.get("/static/plain.css", accept);
    expect(plain.headers["content-encoding"]).toBe("gzip");
    expect(plain.headers["vary"]).toBe("Accept-Encoding");
  });

  it.each([
    "/static/.collected/a.css",
    "/static/dump.sql",
    "/static/a/nginx.conf",
    "/static/old.css.bak",
    "/static/missing.css",
    "/static../nginx.conf",
    "/static/../../etc/passwd",
    "/static/%2e%2e/%2e%2e/etc/passwd",
  ])("are not %s", async (path) => {
    const { body } = await nginx.get(path);
    expect(body).not.toContain("secret");
    expect(body).not.toContain("root:");
    if (!path.includes("..") && !path.includes("%")) expect((await nginx.get(path)).status).toBe(404);
  });

  it("are no listing", async () => {
    for (const path of ["/static/", "/static/css/", "/media/"])
      expect((await nginx.get(path)).status).toBe(403);
  });
});

describe("uploads", () => {
  it("can't act in the site's name", async () => {
    const photo = await nginx.get("/media/photo.jpg");
    expect(photo.headers["content-type"]).toBe("image/jpeg");
    expect(photo.headers["x-content-type-options"]).toBe("nosniff");
    expect(photo.headers["content-security-policy"]).toMatch(/^default-src 'none';.*; sandbox$/);
    expect(photo.headers["content-disposition"]).toBeUndefined();
    expect(photo.headers["cache-control"]).toBe("private, max-age=300");
    for (const path of ["/media/page.html", "/media/picture.SVG", "/media/run.sh"])
      expect((await nginx.get(path)).headers["content-disposition"]).toBe("attachment");
  });
});

it("says itself that it is up, inside its container only", async () => {
  expect(nginx.exec("curl", "-fsS", "http://127.0.0.1:8081/.nginx-health")).toBe("ok\n");
  expect((await nginx.get("/.nginx-health")).body).not.toBe("ok\n");
});

it("writes one line a request, with the time that the application took", async () => {
  await nginx.get("/api/logged?x=1", { headers: { "user-agent": "the-test" } });
  await new Promise((done) => setTimeout(done, 1500));
  expect(nginx.log()).toMatch(
    /^[\d.]+ "GET \/api\/logged\?x=1 HTTP\/1\.1" 200 \d+ [\d.]+ "[\d.]+" "-" "the-test"$/m,
  );
});

it.each([
  ["0", ["/static/nowhere.css 404"]],
  ["1", ["/static/plain.css 200", "/static/plain.css 304", "/static/nowhere.css 404"]],
])("logs static files with NGINX_STATIC_LOG=%s", async (NGINX_STATIC_LOG, logged) => {
  expect((await nginx.apply({ ...ENVIRONMENT, NGINX_STATIC_LOG })).status).toBe(0);
  const agent = { "user-agent": `static-log-${NGINX_STATIC_LOG}` };
  const { headers } = await nginx.get("/static/plain.css", { headers: agent });
  await nginx.get("/static/plain.css", { headers: { ...agent, "if-none-match": String(headers["etag"]) } });
  await nginx.get("/static/nowhere.css", { headers: agent });
  await new Promise((done) => setTimeout(done, 1500));
  const lines = nginx
    .log()
    .split("\n")
    .filter((line) => line.includes(`"${agent["user-agent"]}"`));
  expect(lines.map((line) => /"GET (\S+) HTTP\/1\.1" (\d+)/.exec(line)?.slice(1).join(" ")).sort()).toEqual(
    [...logged].sort(),
  );
});

it("leaves one version on the volume", () => {
  const versions = readdirSync(join(nginx.configuration(), "..")).filter((name) =>
    name.startsWith("version-"),
  );
  expect(versions).toHaveLength(1);
});
