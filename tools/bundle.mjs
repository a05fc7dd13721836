// usage: node tools/bundle.mjs FILE.ts [ARGUMENT…]
//
// Bundles a TypeScript program and runs it. The bundle is kept under .deployment/bundle/ and made again only when one
// of the files that went into it has changed: esbuild isn't even loaded otherwise. What V8 has compiled of it is kept
// too: compiling it anew would take a third of a synth.
//
// A file's fingerprint is taken before its text is read: a file that is edited while the bundle is made is another
// file for the next run. A mistake in deployment.ts is told with its line (lib/bundle-mistakes.mjs).
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
  const path = resolve(root, file);
  const status = statSync(path, { throwIfNoEntry: false });
  if (!status) return false;
  const [mtime, ctime, size, hash] = before.split(" ");
  const same = `${mtime} ${ctime} ${size}` === `${status.mtimeMs} ${status.ctimeMs} ${status.size}`;
  return same && (hash === undefined || hash === hashOf(readFileSync(path)));
}

/** The bundle as it was kept and its hash, when it is made of the files as they are; undefined otherwise. */
function readFresh() {
  try {
    const { hash, files } = JSON.parse(readFileSync(inputs, "utf8"));
    const source = readFileSync(bundle, "utf8");
    // Two runs that bundle at once may leave the bundle of one and the fingerprints of the other.
    if (hash !== hashOf(source)) return undefined;
    return Object.entries(files).every(([file, before]) => isAsBefore(file, before))
      ? { source, hash }
      : undefined;
  } catch {
    return undefined;
  }
}

/**
 * cdktf loads an archiver at its start, which takes a sixth of a synth: it is loaded once an archive is made, which no
 * construct here does.
 */
const lateArchiver = {
  name: "late-archiver",
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^archiver$/ }, ({ path }) => ({ path, namespace: "late" }));
    onLoad({ filter: /^archiver$/, namespace: "late" }, () => ({
      contents: 'module.exports = (...options) => require("archiver/index.js")(...options);',
      resolveDir: root,
    }));
  },
};

/** Reads our own files and the user's in place of esbuild, each after its fingerprint was taken. */
function readingOwn(files) {
  return {
    name: "own-files",
    setup({ onLoad }) {
      onLoad({ filter: /./, namespace: "file" }, ({ path }) => {
        if (/[/\\]node_modules[/\\]/.test(path)) return undefined;
        const contents = take(files, relative(root, path));
        return contents && { contents, loader: "default" };
      });
    },
  };
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
  const { build } = await import("esbuild");
  const files = {};
  for (const file of SHAPING) take(files, file);
  const { outputFiles, warnings } = await build({
    absWorkingDir: root,
    entryPoints: [entry],
    outfile: bundle,
    write: false,
    bundle: true,
    minify: true,
    keepNames: true,
    platform: "node",
    target: "node20",
    format: "cjs",
    // Only for the place of an error. The sources themselves stay where they are.
    sourcemap: "external",
    sourcesContent: false,
    logLevel: "silent",
    plugins: [lateArchiver, readingOwn(files)],
    define: { "import.meta.url": "importMetaUrl" },
    banner: { js: "const importMetaUrl = require('node:url').pathToFileURL(__filename).href;" },
  });
  refuseDuplicates(warnings);
  const output = (ending) => outputFiles.find(({ path }) => path.endsWith(ending)).text;
  const source = output(".cjs");
  const hash = hashOf(source);
  mkdirSync(folder, { recursive: true });
  rmSync(inputs, { force: true });
  writeWhole(bundle, source);
  writeWhole(map, JSON.stringify({ hash, map: JSON.parse(output(".map")) }));
  writeWhole(inputs, JSON.stringify({ hash, files }));
  return { source, hash };
}

/** In an object that names a key twice the last one wins without a word; a user would look for it for long. */
function refuseDuplicates(warnings) {
  const errors = warnings.filter(
    ({ id, location }) =>
      id === "duplicate-object-key" && !/(^|[/\\])node_modules[/\\]/.test(location?.file ?? ""),
  );
  if (errors.length > 0) throw Object.assign(new Error("a key is there twice"), { errors });
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
  const place = { root, bundle, map, opening: OPENING.length, hashOf };
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

// Deep enough that a mistake in deployment.ts is found below what it has called.
Error.stackTraceLimit = 50;
await main();
