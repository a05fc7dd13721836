// Makes the bundle of a TypeScript program with esbuild. Loaded only when a bundle has to be made (tools/bundle.mjs).
import { relative } from "node:path";
import { build } from "esbuild";

/**
 * @param read reads a file of ours or the user's by its path from the root; undefined when it can't be read, of which
 *   esbuild says more
 * @returns the bundle's text and its source map
 */
export async function bundleOf({ root, entry, bundle, read }) {
  const { outputFiles, warnings } = await build({
    absWorkingDir: root,
    entryPoints: [entry],
    outfile: bundle,
    write: false,
    bundle: true,
    minifySyntax: true,
    minifyWhitespace: true,
    // A class keeps its name, which messages show. With short names each of some thousand functions would be given
    // its name again (keepNames) at each start, which takes a tenth of a synth.
    minifyIdentifiers: false,
    platform: "node",
    target: "node22",
    format: "cjs",
    // Only for the place of an error. The sources themselves stay where they are.
    sourcemap: "external",
    sourcesContent: false,
    logLevel: "silent",
    plugins: [withoutArchiver, withoutCreationStacks, readingOwn(root, read)],
    define: { "import.meta.url": "importMetaUrl" },
    banner: { js: "const importMetaUrl = require('node:url').pathToFileURL(__filename).href;" },
  });
  refuseDuplicates(warnings);
  const output = (ending) => outputFiles.find(({ path }) => path.endsWith(ending)).text;
  return { source: output(".cjs"), map: JSON.parse(output(".map")) };
}

/**
 * cdktf loads an archiver at its start, which takes a sixth of a synth. It is left out: cdktf makes an archive by
 * starting its own file as a program, which a bundle is not, and no construct here makes one.
 */
const withoutArchiver = {
  name: "without-archiver",
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^archiver$/ }, ({ path }) => ({ path, namespace: "left-out" }));
    onLoad({ filter: /./, namespace: "left-out" }, () => ({ contents: "" }));
  },
};

/**
 * cdktf keeps for each token the whole stack of where it was made, for a few of its own errors. No message of ours
 * shows these stacks, and taking them takes a twentieth of a synth.
 */
const withoutCreationStacks = {
  name: "without-creation-stacks",
  setup({ onLoad }) {
    onLoad({ filter: /[/\\]cdktf[/\\]lib[/\\]tokens[/\\]private[/\\]stack-trace\.js$/ }, () => ({
      contents: "exports.captureStackTrace = () => [];",
    }));
  },
};

/** Reads our own files and the user's in place of esbuild, each after its fingerprint was taken. */
function readingOwn(root, read) {
  return {
    name: "own-files",
    setup({ onLoad }) {
      onLoad({ filter: /./, namespace: "file" }, ({ path }) => {
        if (/[/\\]node_modules[/\\]/.test(path)) return undefined;
        const contents = read(relative(root, path));
        return contents && { contents, loader: "default" };
      });
    },
  };
}

/** In an object that names a key twice the last one wins without a word; a user would look for it for long. */
function refuseDuplicates(warnings) {
  const errors = warnings.filter(
    ({ id, location }) =>
      id === "duplicate-object-key" && !/(^|[/\\])node_modules[/\\]/.test(location?.file ?? ""),
  );
  if (errors.length > 0) throw Object.assign(new Error("a key is there twice"), { errors });
}
