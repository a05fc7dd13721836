import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";
import { pythonPackages } from "../support/python-packages";

jest.setTimeout(120_000);

const IMAGE = resolve(__dirname, "../../assets/image/python");
const OURS = "deployment_static.HashedStorage";
const STRICT = "django.contrib.staticfiles.storage.ManifestStaticFilesStorage";
const LONG = "a { color: red }\n".repeat(100);

let source: string;
let root: string;
beforeEach(() => {
  const folder = mkdtempSync(join(tmpdir(), "static-"));
  [source, root] = [join(folder, "source"), join(folder, "root")];
  mkdirSync(source);
  mkdirSync(root);
});
afterEach(() => rmSync(dirname(source), { recursive: true }));

function put(path: string, content: string): void {
  const file = join(source, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, content);
}

const command = (
  storage: string,
  names: readonly string[],
): [string, string[], { env: NodeJS.ProcessEnv }] => [
  join(pythonPackages(), "python3"),
  [join(__dirname, "support", "collect.py"), source, root, storage, ...names],
  { env: { PATH: process.env["PATH"], PYTHONPATH: IMAGE, PYTHONDONTWRITEBYTECODE: "1" } },
];

/** Collects; the URLs of the names given. */
function collect(
  storage: string,
  ...names: string[]
): { status: number | null; output: string; urls: string[] } {
  const [program, args, options] = command(storage, names);
  const { status, stdout, stderr } = spawnSync(program, args, { ...options, encoding: "utf8" });
  const last = stdout.trim().split("\n").at(-1) ?? "";
  return { status, output: stdout + stderr, urls: status === 0 ? (JSON.parse(last) as string[]) : [] };
}

/** A file in STATIC_ROOT, by its URL. */
const served = (url: string | undefined): string => join(root, (url ?? "").replace("/static/", ""));

it("publishes files under hashed names, with compressed copies of those that are worth it", () => {
  put("css/a.css", LONG);
  put("css/short.css", "a {}");
  put("photo.jpg", "x".repeat(5000));
  const { status, output, urls } = collect(OURS, "css/a.css", "css/short.css", "photo.jpg");
  expect([status, output]).toEqual([0, expect.stringContaining("7 static files, 7 of them new or changed")]);
  expect(urls[0]).toMatch(/^\/static\/css\/a\.[0-9a-f]{12}\.css$/);
  for (const path of [served(urls[0]), join(root, "css/a.css")])
    expect(gunzipSync(readFileSync(`${path}.gz`)).toString()).toBe(LONG);
  expect([existsSync(`${served(urls[1])}.gz`), existsSync(`${served(urls[2])}.gz`)]).toEqual([false, false]);
  expect(readdirSync(root).filter((name) => name.startsWith("."))).toEqual([".releases"]);
});

it("leaves alone what did not change, and what earlier releases need", () => {
  put("a.css", LONG);
  put("b.css", LONG);
  const [a] = collect(OURS, "a.css").urls;
  const before = statSync(served(a)).mtimeMs;
  expect(collect(OURS).output).toContain("5 static files, 0 of them new or changed");
  expect(statSync(served(a)).mtimeMs).toBe(before);
  put("a.css", `${LONG}/* 2 */`);
  const [changed] = collect(OURS, "a.css").urls;
  expect(changed).not.toBe(a);
  expect(existsSync(served(a))).toBe(true);
  expect(gunzipSync(readFileSync(join(root, "a.css.gz"))).toString()).toContain("/* 2 */");
  put("a.css", "a {}");
  collect(OURS);
  // nginx would serve it instead of the new file.
  expect(existsSync(join(root, "a.css.gz"))).toBe(false);
});

it.each([
  ["is empty, as a power cut leaves it", ""],
  ["is cut off", gzipSync(LONG).subarray(0, 30)],
  ["holds something else", gzipSync("other")],
])("makes a compressed copy anew that %s", (_how, content) => {
  put("a.css", LONG);
  const [a] = collect(OURS, "a.css").urls;
  writeFileSync(`${served(a)}.gz`, content);
  expect(collect(OURS).output).toContain("3 static files, 1 of them new or changed");
  expect(gunzipSync(readFileSync(`${served(a)}.gz`)).toString()).toBe(LONG);
});

it("waits until what it has published is on the disk, and not when nothing changed", () => {
  put("a.css", LONG);
  const [program, args, { env }] = command(OURS, []);
  const trace = join(dirname(source), "trace");
  const sync = join(dirname(source), "bin", "sync");
  mkdirSync(dirname(sync));
  // What was there when it was called.
  writeFileSync(sync, `#!/bin/sh\necho "$@" $(ls "$2") >>${trace}\n`, { mode: 0o755 });
  const options = { env: { ...env, PATH: `${dirname(sync)}:${env["PATH"] ?? ""}` } };
  for (let times = 0; times < 2; times++) expect(spawnSync(program, args, options).status).toBe(0);
  expect(readFileSync(trace, "utf8")).toMatch(
    /^--file-system \S+\/root a\.[0-9a-f]{12}\.css a\.[0-9a-f]{12}\.css\.gz a\.css a\.css\.gz staticfiles\.json\n$/,
  );
});

it("lets the old release find its names in the new manifest", () => {
  put("gone.css", LONG);
  const [gone] = collect(STRICT, "gone.css").urls;
  rmSync(join(source, "gone.css"));
  put("new.css", LONG);
  expect(collect(STRICT, "gone.css", "new.css").urls[0]).toBe(gone);
});

it("never takes a file away from those who are being served", async () => {
  for (let i = 0; i < 40; i++)
    put(`${i}.css`, `${i % 4 === 3 ? "" : `@import "${i + 1}.css";`} ${LONG} /* ${i} */`);
  expect(collect(OURS).status).toBe(0);
  const names = readdirSync(root);
  expect(names.length).toBeGreaterThan(150);
  const missing: string[] = [];
  let looks = 0;
  const [program, args, options] = command(OURS, []);
  const child = spawn(program, args, options);
  const ended = once(child, "exit");
  while (child.exitCode === null) {
    missing.push(...names.filter((name) => !existsSync(join(root, name))));
    looks++;
    await new Promise((done) => setImmediate(done));
  }
  await ended;
  expect(child.exitCode).toBe(0);
  expect(looks).toBeGreaterThan(20);
  expect(missing).toEqual([]);
});

it("changes nothing when the project's own storage refuses a stylesheet, and says why", () => {
  put("a.css", LONG);
  collect(STRICT);
  const before = readdirSync(root);
  put("a.css", 'a { background: url("missing.png") }');
  const { status, output } = collect(STRICT);
  expect(status).toBe(1);
  expect(output).toContain("migrate: collectstatic failed: ");
  expect(output).toContain("each file that a stylesheet names must exist");
  expect(readdirSync(root)).toEqual(before);
});

it("hashes with the overlay's storage what refers to missing files, and serves unknown names plainly", () => {
  put("a.css", 'a { background: url("missing.png") }');
  const { status, urls } = collect(OURS, "a.css", "unknown.css");
  expect(status).toBe(0);
  expect(urls[0]).toMatch(/a\.[0-9a-f]{12}\.css$/);
  expect(readFileSync(served(urls[0]), "utf8")).toContain("missing.png");
  expect(urls[1]).toBe("/static/unknown.css");
});
