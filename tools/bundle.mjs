// usage: node tools/bundle.mjs FILE.ts [ARGUMENT…]
//
// Bundles a TypeScript program and runs it. The bundle is kept under .deployment/bundle/ and made again only when one
// of the files that went into it has changed: esbuild isn't even loaded otherwise.
import { createRequire } from "node:module";
import { mkdirSync, readFileSync, renameSync, statSync, writeFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";

const root = resolve(dirname(fileURLToPath(import.meta.url)), "..");
const entry = resolve(root, process.argv[2] ?? "");
const name = relative(root, entry).replace(/[/\\]/g, "-").replace(/\.ts$/, "");
const folder = join(root, ".deployment", "bundle");
const bundle = join(folder, `${name}.cjs`);
const inputs = join(folder, `${name}.inputs.json`);

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
    define: { "import.meta.url": "importMetaUrl" },
    banner: { js: "const importMetaUrl = require('node:url').pathToFileURL(__filename).href;" },
  });
  // Whole packages change only with the lock file; asking for each of their files would take longer than a synth.
  const own = Object.keys(metafile.inputs).filter((file) => !file.startsWith("node_modules/"));
  writeFileSync(
    `${inputs}.${process.pid}`,
    JSON.stringify(fingerprint([...own, "package-lock.json", "tools/bundle.mjs"])),
  );
  renameSync(part, bundle);
  renameSync(`${inputs}.${process.pid}`, inputs);
}

if (!isFresh()) await build();
process.argv.splice(1, 2, bundle);
createRequire(import.meta.url)(bundle);
