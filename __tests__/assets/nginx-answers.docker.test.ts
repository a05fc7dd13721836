import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { ROOT } from "../support/guestbook";
import { ENVIRONMENT, Nginx } from "./support/nginx";

jest.setTimeout(300_000);

const nginx = new Nginx();

/** The type of each ending, as browsers and other programs expect it. Most are missing in nginx's own lists. */
const TYPES: Readonly<Record<string, string>> = {
  // Refused under another type: scripts, style sheets, what is compiled while it comes, manifests, tracks.
  "app.js": "text/javascript; charset=utf-8",
  "app.mjs": "text/javascript; charset=utf-8",
  "app.cjs": "text/javascript; charset=utf-8",
  "app.MJS": "text/javascript; charset=utf-8",
  "app.css": "text/css; charset=utf-8",
  "app.wasm": "application/wasm",
  "app.webmanifest": "application/manifest+json",
  "app.json": "application/json",
  "app.js.map": "application/json",
  "talk.vtt": "text/vtt",
  // Fonts.
  "a.ttf": "font/ttf",
  "a.otf": "font/otf",
  "a.ttc": "font/collection",
  "a.woff": "font/woff",
  "a.woff2": "font/woff2",
  "a.eot": "application/vnd.ms-fontobject",
  // Pictures, sounds, films.
  "a.avif": "image/avif",
  "a.apng": "image/apng",
  "a.jxl": "image/jxl",
  "a.heic": "image/heic",
  "a.webp": "image/webp",
  "a.jfif": "image/jpeg",
  "a.bmp": "image/bmp",
  "a.cur": "image/x-icon",
  "a.ico": "image/x-icon",
  "a.svg": "image/svg+xml; charset=utf-8",
  "a.ogg": "audio/ogg",
  "a.oga": "audio/ogg",
  "a.opus": "audio/ogg",
  "a.flac": "audio/flac",
  "a.wav": "audio/wav",
  "a.weba": "audio/webm",
  "a.aac": "audio/aac",
  "a.m4a": "audio/mp4",
  "a.ogv": "video/ogg",
  "a.mkv": "video/x-matroska",
  "a.mp4": "video/mp4",
  "a.webm": "video/webm",
  "a.m3u8": "application/vnd.apple.mpegurl",
  "a.mpd": "application/dash+xml",
  "a.m4s": "video/iso.segment",
  "a.ts": "video/mp2t",
  // Data and documents.
  "a.geojson": "application/geo+json",
  "a.topojson": "application/json",
  "a.jsonld": "application/ld+json",
  "a.ndjson": "application/x-ndjson",
  "a.pbf": "application/x-protobuf",
  "a.gpx": "application/gpx+xml",
  "a.gltf": "model/gltf+json",
  "a.glb": "model/gltf-binary",
  "a.usdz": "model/vnd.usdz+zip",
  "a.csv": "text/csv",
  "a.md": "text/markdown",
  "a.ics": "text/calendar",
  "a.vcf": "text/vcard",
  "a.yaml": "application/yaml",
  "a.epub": "application/epub+zip",
  "a.pkpass": "application/vnd.apple.pkpass",
  "a.apk": "application/vnd.android.package-archive",
  "a.mobileconfig": "application/x-apple-aspen-config",
  "a.gz": "application/gzip",
  "a.tar": "application/x-tar",
  "a.xsl": "application/xslt+xml",
  "a.rdf": "application/rdf+xml",
  "a.unknown": "application/octet-stream",
  extensionless: "application/octet-stream",
};

/** Uploads that browsers show: they have no program in them. */
const SHOWN = [
  ...["a.jpg", "a.PNG", "a.gif", "a.webp", "a.avif", "a.heic", "a.mp3", "a.ogg", "a.flac", "a.mp4", "a.webm"],
  ...["a.woff2", "a.txt", "a.vtt", "a.json"],
];

/** Uploads that browsers save. */
const SAVED = [
  // Not to be had at all before.
  ...["homework.py", "talk.key", "server.log", "dump.sql", "a.sqlite", "a.sqlite3", "a.db", "a.bak", "a.old"],
  ...["a.orig", "a.swp", "my.conf", "a.ini", "a.env", "run.sh", "a.pyc", "cert.pem", "notes.txt~", "A.KEY"],
  // A browser would run them in the site's name.
  ...[
    "a.html",
    "a.HTM",
    "a.shtml",
    "a.xhtml",
    "a.xht",
    "a.svg",
    "a.svgz",
    "a.xml",
    "a.xsl",
    "a.xslt",
    "a.xsd",
  ],
  ...["a.js", "a.mjs", "a.cjs", "a.css", "a.wasm", "a.swf", "a.pdf", "a.mml", "a.mathml", "a.rdf", "a.atom"],
  ...[
    "a.rss",
    "a.mht",
    "a.mhtml",
    "a.eml",
    "a.appcache",
    "a.htc",
    "a.jar",
    "a.hta",
    "a.unknown",
    "extensionless",
  ],
];

beforeAll(async () => {
  nginx.start();
  await nginx.application("000000000001-a.sock", (request, response) => {
    const location = request.headers["x-redirect"];
    if (typeof location === "string") response.writeHead(302, { location }).end();
    else response.end(`application: ${request.url ?? ""}`);
  });
  nginx.link("web.sock", "000000000001-a.sock");
  for (const name of Object.keys(TYPES)) nginx.put(`static/types/${name}`, "content");
  for (const name of [...SHOWN, ...SAVED]) nginx.put(`media/kinds/${name}`, "content");
  expect(await nginx.apply()).toEqual({
    status: 0,
    output: expect.stringContaining("new configuration") as string,
  });
});
afterAll(() => nginx.remove());

/** The endings of a list in nginx's words, and their types. */
function typesOf(list: string): Map<string, string> {
  const types = new Map<string, string>();
  const entries = list.replace(/#.*/g, "").replace(/^\s*types\s*\{/, "");
  for (const [, type = "", endings = ""] of entries.matchAll(/([\w.+-]+\/[\w.+-]+)\s+([^;]+);/g))
    for (const ending of endings.trim().split(/\s+/)) types.set(ending, type);
  return types;
}

it("is a configuration that nginx has nothing to say about", () =>
  expect(
    nginx.exec("sh", "-c", "nginx -t -e stderr -c /etc/nginx/deployment/current/nginx.conf 2>&1"),
  ).toMatch(
    /^nginx: the configuration file \S+ syntax is ok\nnginx: configuration file \S+ test is successful\n$/,
  ));

describe("host names", () => {
  const labels = (length: number, letter = "a"): string =>
    Array.from({ length }, (_, index) => ((index + 1) % 64 === 0 ? "." : letter)).join("");
  const EC2 = "ec2-203-0-113-25.ap-southeast-1.compute.amazonaws.com";

  it.each([
    ["47 characters", labels(47)],
    ["48 characters", labels(48)],
    ["EC2's own", EC2],
    ["253 characters", labels(253)],
    ["all subdomains of one with 200 characters", `.${labels(200)}`],
    [
      "many, and long",
      ["b", "c", "d", "e", "f", "g", "h", "i"].map((letter) => labels(253, letter)).join(" "),
    ],
  ])("are served: %s", async (_case, names) => {
    const { status, output } = await nginx.apply({ ...ENVIRONMENT, NGINX_SERVER_NAMES: names });
    expect([status, output]).toEqual([0, expect.stringContaining("with the new configuration")]);
    for (const name of names.split(" "))
      for (const host of name.startsWith(".") ? [name.slice(1), `www${name}`] : [name, `${name}:8000`])
        expect((await nginx.get("/", { host })).status).toBe(200);
    await expect(nginx.get("/", { host: "unknown.org" })).rejects.toThrow(/socket hang up|ECONNRESET/);
  });
  afterAll(async () => expect((await nginx.apply()).status).toBe(0));
});

describe("the type of a file", () => {
  it.each(Object.entries(TYPES))("%s is %s", async (name, type) => {
    const { status, headers } = await nginx.get(`/static/types/${name}`);
    expect([status, headers["content-type"], headers["x-content-type-options"]]).toEqual([
      200,
      type,
      "nosniff",
    ]);
  });

  it("is known for each ending that the image knows, whatever its version", () => {
    const ours = typesOf(readFileSync(join(ROOT, "assets", "nginx", "types.conf"), "utf8"));
    const images = typesOf(nginx.exec("cat", "/etc/nginx/mime.types"));
    expect(images.size).toBeGreaterThan(80);
    const other = [...images].filter(([ending, type]) => ours.get(ending) !== type).map(([ending]) => ending);
    // IANA has registered another type since; a key is nothing to open.
    expect(other.sort()).toEqual(["bmp", "js", "m4a", "pem", "rar"]);
    expect([...other.map((ending) => ours.get(ending))]).toEqual([
      ...["image/bmp", "text/javascript", "audio/mp4", undefined, "application/vnd.rar"],
    ]);
  });

  it("comes with the word that it is packed already, for a packed drawing", async () => {
    const packed = gzipSync("<svg/>".repeat(1000), { level: 0 });
    nginx.put("static/drawing.svgz", packed);
    const { status, headers } = await nginx.get("/static/drawing.svgz", {
      headers: { "accept-encoding": "gzip" },
    });
    expect([status, headers["content-type"], headers["content-encoding"], headers["content-length"]]).toEqual(
      [...[200, "image/svg+xml; charset=utf-8", "gzip", String(packed.length)]],
    );
    expect(headers["x-content-type-options"]).toBe("nosniff");
  });
});

describe("an upload", () => {
  it.each(SHOWN)("is shown when it is %s", async (name) => {
    const { status, headers, body } = await nginx.get(`/media/kinds/${name}`);
    expect([status, body, headers["content-disposition"]]).toEqual([200, "content", undefined]);
  });

  it.each(SAVED)("is saved when it is %s", async (name) => {
    const { status, headers, body } = await nginx.get(`/media/kinds/${name}`);
    expect([status, body, headers["content-disposition"]]).toEqual([200, "content", "attachment"]);
    expect(headers["x-content-type-options"]).toBe("nosniff");
    expect(headers["content-security-policy"]).toMatch(/; sandbox$/);
  });

  it("is saved in parts too, and what the browser has kept stays what it was", async () => {
    const part = await nginx.get("/media/kinds/a.html", { headers: { range: "bytes=0-2" } });
    expect([part.status, part.body, part.headers["content-disposition"]]).toEqual([206, "con", "attachment"]);
    const { headers } = await nginx.get("/media/kinds/a.jpg");
    const again = await nginx.get("/media/kinds/a.jpg", {
      headers: { "if-none-match": String(headers["etag"]) },
    });
    expect([again.status, again.headers["content-disposition"]]).toEqual([304, undefined]);
  });

  it("that isn't there is a page, and no file to be saved", async () => {
    const { status, headers } = await nginx.get("/media/missing.html");
    expect([status, headers["content-disposition"]]).toEqual([404, undefined]);
  });
});

describe("a path with a dot behind a slash", () => {
  it.each([
    ...[
      "/.env",
      "/.git/config",
      "/a/.svn/x",
      "/files/.hidden",
      "/.well-known/security.txt",
      "/wiki/.NET",
      "/...",
    ],
    ...["/a/.well-known/x?y=/.z", "/.nginx-health", "/staticfiles/.x", "/mediathek/.x"],
  ])("reaches the application: %s", async (path) =>
    expect(await nginx.get(path)).toMatchObject({ status: 200, body: `application: ${path}` }),
  );

  it.each(["static", "media"])("is closed under /%s/", async (folder) => {
    for (const name of [".env", "a/.git/config", ".well-known/x", "a/.b.css", ".jpg"]) {
      nginx.put(`${folder}/${name}`, "secret");
      const escaped = `/${folder}/${name.replace(".", "%2E")}`;
      for (const path of [`/${folder}/${name}`, escaped, `//${folder}//${name}`, `/a/../${folder}/${name}`])
        expect([path, (await nginx.get(path)).status]).toEqual([path, 404]);
    }
  });

  it("is a file's when the URL itself has the dot, and closed below it", async () => {
    const environment = { ...ENVIRONMENT, NGINX_STATIC_URL: "/.assets/", NGINX_MEDIA_URL: "/~me/.files/" };
    nginx.put("static/plain.css", "content");
    nginx.put("media/plain.txt", "content");
    expect((await nginx.apply(environment)).status).toBe(0);
    for (const path of ["/.assets/plain.css", "/~me/.files/plain.txt"])
      expect(await nginx.get(path)).toMatchObject({ status: 200, body: "content" });
    for (const path of ["/.assets/.env", "/~me/.files/.env", "/~me/.files/a/.git/config"])
      expect((await nginx.get(path)).status).toBe(404);
    expect((await nginx.apply()).status).toBe(0);
  });
});

describe("a redirect", () => {
  it("of nginx itself names neither host nor port", async () => {
    for (const path of ["/static/types", "/media/kinds"]) {
      const { status, headers } = await nginx.get(path, { host: "localhost:8000" });
      expect([status, headers["location"]]).toEqual([301, `${path}/`]);
    }
  });

  it.each(["/next/", "next/", "http://web/next/", "https://localhost:8000/next/", "//cdn.example.com/x"])(
    "of the application is passed on as it is: %s",
    async (location) => {
      const { status, headers } = await nginx.get("/", { headers: { "x-redirect": location } });
      expect([status, headers["location"]]).toEqual([302, location]);
    },
  );
});

describe("a symbolic link", () => {
  it.each(["static", "media"])("under /%s/ is not followed, be it a file or a folder", async (folder) => {
    nginx.put(`${folder}/real/file.txt`, "secret");
    nginx.putLink(`${folder}/passwd.txt`, "/etc/passwd");
    nginx.putLink(`${folder}/near.txt`, "real/file.txt");
    nginx.putLink(`${folder}/near`, "real");
    nginx.putLink(`${folder}/etc`, "/etc");
    for (const path of ["passwd.txt", "near.txt", "near/file.txt", "etc/passwd"]) {
      const { status, body } = await nginx.get(`/${folder}/${path}`);
      // nginx says 403 of a file, and 404 of what is in a folder.
      expect([path, status]).toEqual([path, path.includes("/") ? 404 : 403]);
      expect(body).not.toMatch(/secret|root:/);
    }
    expect((await nginx.get(`/${folder}/real/file.txt`)).status).toBe(200);
  });
});

describe("among the static files, nobody gets", () => {
  it.each([
    ...[
      "staticfiles.json",
      "settings.py",
      "dump.sql",
      "dump.sql.gz",
      "db.sqlite3",
      "db.sqlite3-wal",
      "id.pem",
    ],
    ...["id.p12", "app.log", "app.conf", "old.css~", "old.css.bak", "infrastructure.tfstate"],
  ])("%s", async (name) => {
    nginx.put(`static/${name}`, "secret");
    expect((await nginx.get(`/static/${name}`)).status).toBe(404);
  });

  it("but what a name only resembles", async () => {
    for (const name of ["env.js", "keys.json", "app/staticfiles.json", "logs.css", "sh.svg"]) {
      nginx.put(`static/${name}`, "content");
      expect([name, (await nginx.get(`/static/${name}`)).status]).toEqual([name, 200]);
    }
  });
});
