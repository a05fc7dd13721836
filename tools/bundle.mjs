// usage: node tools/bundle.mjs FILE.ts [ARGUMENT…]
//
// Bundles a TypeScript program and runs it. The bundle is kept under .deployment/bundle/ and made again only when one
// of the files that went into it has changed: esbuild isn't even loaded otherwise. What V8 has compiled of it is kept
// too: compiling it anew would take a third of a synth.
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
const inputs = join(folder, `${name}.inputs.json`);
const compiled = join(folder, `${name}.compiled`);

/** The files that went into the bundle, each with its time and size; undefined when one is gone. */
function fingerprint(files) {
  const seen = {};
  for (const file of files) {
    const stat = statSync(join(root, file), { throwIfNoEntry: false });
    if (!stat) return undefined;
    seen[file] = `${stat.mtimeMs} ${stat.size}`;
  }
  return seen;
}

function isFresh() {
  try {
    const before = JSON.parse(readFileSync(inputs, "utf8"));
    const now = fingerprint(Object.keys(before));
    return now !== undefined && Object.entries(before).every(([file, seen]) => now[file] === seen);
  } catch {
    return false;
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

async function build() {
  const { build } = await import("esbuild");
  mkdirSync(folder, { recursive: true });
  const part = `${bundle}.${process.pid}`;
  const { metafile } = await build({
    absWorkingDir: root,
    entryPoints: [entry],
    outfile: part,
    bundle: true,
    minify: true,
    keepNames: true,
    platform: "node",
    target: "node20",
    format: "cjs",
    metafile: true,
    logLevel: "warning",
    plugins: [lateArchiver],
    define: { "import.meta.url": "importMetaUrl" },
    banner: { js: "const importMetaUrl = require('node:url').pathToFileURL(__filename).href;" },
  });
  // Whole packages change only with the lock file; asking for each of their files would take longer than a synth.
  const own = Object.keys(metafile.inputs).filter((file) => !/^(node_modules\/|late:)/.test(file));
  const made = fingerprint([...own, "package-lock.json", "tools/bundle.mjs"]);
  rmSync(inputs, { force: true });
  renameSync(part, bundle);
  // Without one, since a file has gone meanwhile, the next run bundles again.
  if (made) writeWhole(inputs, JSON.stringify(made));
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
    return content.subarray(0, hash.length).equals(hash) ? content.subarray(hash.length) : undefined;
  } catch {
    return undefined;
  }
}

/** Runs the bundle as Node would run a CommonJS module. */
function run() {
  const source = readFileSync(bundle, "utf8");
  const hash = createHash("sha256").update(source).digest();
  const cachedData = readCompiled(hash);
  const script = new Script(`(function (exports, require, module, __filename, __dirname) {${source}\n})`, {
    filename: bundle,
    cachedData,
    importModuleDynamically: constants.USE_MAIN_CONTEXT_DEFAULT_LOADER,
  });
  if (cachedData === undefined || script.cachedDataRejected) {
    // At the end, when the functions that are in use have been compiled.
    process.once("exit", () => {
      try {
        writeWhole(compiled, Buffer.concat([hash, script.createCachedData()]));
      } catch {
        // It only saves time, and must not fail a command that has done its work.
      }
    });
  }
  const module = { exports: {} };
  script.runInThisContext()(module.exports, createRequire(bundle), module, bundle, folder);
}

if (!isFresh()) await build();
process.argv.splice(1, 2, bundle);
run();
