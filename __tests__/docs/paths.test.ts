import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { ROOT } from "../support/guestbook";
import { repositoryFiles } from "../support/repository";

/** A path of the program begins with one of these. */
const TOP = [
  "__tests__",
  "application",
  "assets",
  "bench",
  "cli",
  "config",
  "constructs",
  "docs",
  "examples",
  "host",
  "pipeline",
  "rehearsal",
  "stacks",
  "synth",
  "tools",
];

/** Not behind what makes it a part of another path, a variable or an address. */
const PATH = new RegExp(`(?<![\\w/.@$}>~-])(?:${TOP.join("|")})/[\\w./-]*\\w`, "g");

/** What looks like a path of the program, and is none. */
const FOREIGN: readonly RegExp[] = [
  // Media types.
  /^application\/(?:json|octet-stream|javascript|xml|x-)/,
  // Places for a name: tools/NAME.txt.
  /\/[A-Z]+(?:\.|$)/,
];

/** The lines of a file that tell something to a reader: all of a page, the comments of a program. */
function told(file: string, text: string): string[] {
  const lines = text.split("\n");
  if (file.endsWith(".md")) return lines;
  const comment = /\.(?:ts|mjs|js)$/.test(file) ? /^\s*(?:\/\*)?\*|(?:^|\s)\/\// : /(?:^|\s)#/;
  return lines.flatMap((line) => {
    const at = comment.exec(line);
    return at ? [line.slice(at.index)] : [];
  });
}

/** Paths that a text names and that are not there. */
function missingPaths(file: string, text: string): string[] {
  return told(file, text)
    .flatMap((line) => line.match(PATH) ?? [])
    .filter((path) => !FOREIGN.some((pattern) => pattern.test(path)))
    .filter((path) => !["", ".ts", "/index.ts"].some((end) => existsSync(join(ROOT, `${path}${end}`))));
}

const files = repositoryFiles().filter(
  (file) => !/^examples\/|\.(?:json|snap|html)$/.test(file) && file !== "__tests__/docs/paths.test.ts",
);

it("every path of the program that a page or a comment names is there", () => {
  const missing = files.flatMap((file) =>
    missingPaths(file, readFileSync(join(ROOT, file), "utf8")).map((path) => `${file} names ${path}`),
  );
  expect(missing).toEqual([]);
});

it.each([
  ["docs/a.md", "see `cli/gone.ts`, and `cli/main.ts`", ["cli/gone.ts"]],
  ["docs/a.md", "[a page](docs/gone.md) of `/host/gone`", ["docs/gone.md"]],
  ["cli/a.ts", 'const a = "cli/gone.ts"; // see config/gone', ["config/gone"]],
  ["cli/a.ts", "/** As tools/gone does. */", ["tools/gone"]],
  ["cli/a.ts", " * As tools/gone and tools/NAME.txt do.", ["tools/gone"]],
  ["tools/a", "# see assets/gone.sh\ncp assets/other.sh", ["assets/gone.sh"]],
])("of %s with %j it finds %j", (file, text, missing) => {
  expect(missingPaths(file, text)).toEqual(missing);
});

it("every link of a page to a file leads somewhere", () => {
  const links = files
    .filter((file) => file.endsWith(".md"))
    .flatMap((file) =>
      [...readFileSync(join(ROOT, file), "utf8").matchAll(/\]\((?!\w+:|#)([^)#\s]+)/g)].map(
        ([, target = ""]) => ({ file, target }),
      ),
    );
  expect(links.length).toBeGreaterThan(20);
  expect(links.filter(({ file, target }) => !existsSync(join(ROOT, dirname(file), target)))).toEqual([]);
});
