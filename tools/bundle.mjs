// usage: node tools/bundle.mjs FILE.ts [ARGUMENT…]
//
// Bundles a TypeScript program and runs it. The bundle is kept under .deployment/bundle/ and made again only when one
// of the files that went into it has changed: esbuild isn't even loaded otherwise. What V8 has compiled of it is kept
// too: compiling it anew would take a third of a synth.
//
// A file's fingerprint is taken before its text is read: a file that is edited while the bundle is made is another
// file for the next run. lib/bundle-build.mjs makes the bundle. A mistake in deployment.ts is told with its line
// (lib/bundle-mistakes.mjs).
import { createHash } from "node:crypto";
import { createRequire } from "node:module";
import { mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { Script, constants } from "node:vm";

const root = resolve(dirname(fileURLToPath(import.meta.url)), "..");
const entry = resolve(root, process.argv[2] ?? "");
const name = relative(root, entry).replace(/[/\\]/g, "-").replace(/\.ts$/, "");
const folder = join(root, ".deployment", "bundle");
const bundle = join(folder, `${name}.cjs`);
const map = join(folder, `${name}.map.json`);
const inputs = join(folder, `${name}.inputs.json`);
const compiled = join(folder, `${name}.compiled`);

/** Files that shape a bundle without being in it. Whole packages change only with the lock file. */
const SHAPING = [
  "package-lock.json",
  "package.json",
  "tsconfig.json",
  "tools/bundle.mjs",
  "tools/lib/bundle-build.mjs",
  "tools/lib/bundle-mistakes.mjs",
];

/** A file that was written so shortly before it was read may be written again within one tick of the file system. [ms] */
const YOUNG = 2000;

/** Before this line of a bundle stands {@link OPENING}, so that its first line is longer. */
const OPENING = "(function (exports, require, module, __filename, __dirname) {";

/**
 * How a file is recognised: by its times and size, and a young one by its content too. Undefined when it is gone.
 * The status must be of a moment before the content was read.
 */
function fingerprint(status, content, now) {
  const seen = `${status.mtimeMs} ${status.ctimeMs} ${status.size}`;
  return now - Math.max(status.mtimeMs, status.ctimeMs) < YOUNG ? `${seen} ${hashOf(content)}` : seen;
}

function hashOf(content) {
  return createHash("sha256").update(content).digest("hex");
}

/** Whether a file is still the one with this fingerprint. */
function isAsBefore(file, before) {
  const path = `${root}/${file}`;
  const status = statSync(path, { throwIfNoEntry: false });
  if (!status) return false;
  const now = `${status.mtimeMs} ${status.ctimeMs} ${status.size}`;
  return now === before || (before.startsWith(now) && before === `${now} ${hashOf(readFileSync(path))}`);
}

/** A bundle ends with the hash of what stands before it: nobody has to compute that of a million letters anew. */
function endsWith(source, hash) {
  return source.endsWith(`//${hash}\n`);
}

/** The bundle as it was kept and its hash, when it is made of the files as they are; undefined otherwise. */
function readFresh() {
  try {
    const { hash, files } = JSON.parse(readFileSync(inputs, "utf8"));
    const source = readFileSync(bundle, "utf8");
    // Two runs that bundle at once may leave the bundle of one and the fingerprints of the other.
    if (!endsWith(source, hash)) return undefined;
    return Object.entries(files).every(([file, before]) => isAsBefore(file, before))
      ? { source, hash }
      : undefined;
  } catch {
    return undefined;
  }
}

/** The content of a file, whose fingerprint is kept; undefined when it can't be read, of which esbuild says more. */
function take(files, file) {
  try {
    const now = Date.now();
    const path = resolve(root, file);
    const status = statSync(path);
    const content = readFileSync(path);
    files[file] = fingerprint(status, content, now);
    return content;
  } catch {
    return undefined;
  }
}

/** Makes the bundle. @returns its source and the hash of it */
async function build() {
  const files = {};
  for (const file of SHAPING) take(files, file);
  const { bundleOf } = await import("./lib/bundle-build.mjs");
  const made = await bundleOf({ root, entry, bundle, read: (file) => take(files, file) });
  const hash = hashOf(made.source);
  const source = `${made.source}//${hash}\n`;
  mkdirSync(folder, { recursive: true });
  rmSync(inputs, { force: true });
  writeWhole(bundle, source);
  writeWhole(map, JSON.stringify({ hash, map: made.map }));
  writeWhole(inputs, JSON.stringify({ hash, files }));
  return { source, hash };
}

/** Writes a file in one step, so that another run never sees half of it. */
function writeWhole(file, content) {
  writeFileSync(`${file}.${process.pid}`, content);
  renameSync(`${file}.${process.pid}`, file);
}

/** What V8 has compiled of the source with this hash; undefined when there is none. */
function readCompiled(hash) {
  try {
    const content = readFileSync(compiled);
    // V8 itself compares no more than the source's length.
    return content.subarray(0, hash.length).toString() === hash ? content.subarray(hash.length) : undefined;
  } catch {
    return undefined;
  }
}

/** Runs the bundle as Node would run a CommonJS module. */
function run({ source, hash }) {
  const cachedData = readCompiled(hash);
  const script = new Script(`${OPENING}${source}\n})`, {
    filename: bundle,
    cachedData,
    importModuleDynamically: constants.USE_MAIN_CONTEXT_DEFAULT_LOADER,
  });
  if (cachedData === undefined || script.cachedDataRejected) {
    // At the end, when the functions that are in use have been compiled.
    process.once("exit", () => {
      try {
        writeWhole(compiled, Buffer.concat([Buffer.from(hash), script.createCachedData()]));
      } catch {
        // It only saves time, and must not fail a command that has done its work.
      }
    });
  }
  const module = { exports: {} };
  script.runInThisContext()(module.exports, createRequire(bundle), module, bundle, folder);
}

/** Ends the program with what is wrong, said so that the writer of deployment.ts can mend it. */
async function end(error, describe) {
  // Who read our output (| head) has ended.
  if (error?.code === "EPIPE") process.exit(1);
  const mistakes = await import("./lib/bundle-mistakes.mjs");
  const place = { root, bundle, map, opening: OPENING.length, endsWith };
  process.stderr.write(`\n${mistakes[describe](error, place)}\n`);
  process.exit(1);
}

async function main() {
  const made = readFresh() ?? (await build().catch((error) => end(error, "mistakesOf")));
  process.argv.splice(1, 2, bundle);
  process.on("uncaughtException", (error) => void end(error, "thrownBy"));
  process.on("exit", refuseEarlyEnd);
  run(made);
  process.off("exit", refuseEarlyEnd);
}

/** A deployment.ts that ends the program would have each command do nothing, and say nothing of it. */
function refuseEarlyEnd(status) {
  if (status !== 0) return;
  process.stderr.write(
    "\n✗ deployment.ts is a program that ends all others: it calls process.exit\n" +
      "    expected: a program that runs to its end and exports the deployment\n" +
      "    to do:    take the call of process.exit away, there or in what it imports\n",
  );
  process.exitCode = 1;
}

// Packages call what Node 22 calls outdated. Nobody who deploys can do anything about it.
process.noDeprecation = true;
// Deep enough that a mistake in deployment.ts is found below what it has called.
Error.stackTraceLimit = 50;
await main();
