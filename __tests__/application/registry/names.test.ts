import { readFileSync, readdirSync } from "node:fs";
import { join, relative } from "node:path";
import ts from "typescript";
import { DEFINITIONS } from "../../../application/registry/definitions";
import { ROOT } from "../../support/guestbook";

/** Folders of the program that iterate over the definitions, or ask them. */
const FOLDERS = [
  ...["application", "config", "constructs", "stacks", "pipeline", "synth", "cli", "rehearsal", "host"],
];

/** Folders of the definitions: only there a container is named. */
const DEFINING = /^application\/(backing-services|processes|tasks|jobs)\//;

/**
 * Words that are a container's name elsewhere, and mean something else where they stand. Nobody adds a line here for a
 * container: its traits say what sets it apart.
 */
const HOMONYMS: Readonly<Record<string, string>> = {
  "application/renderings/compose.ts": "Compose's section of secrets",
  "cli/database/stored-database.ts": "a word that a script prints",
  "config/project/index.ts": "a part of the facts about a project",
  "config/schema/host.ts": "an example of a tag",
  "config/schema/proxy.ts": "the name of a program whose version is checked",
  "rehearsal/environment/repository-settings.ts": "GitHub's secrets",
  "rehearsal/github/environment.ts": "GitHub's secrets",
  "rehearsal/github/operations.ts": "GitHub's secrets",
  "stacks/pipeline.ts": "GitHub's secrets",
};

/** Files that ask for one container in particular, by its definition: for what MariaDB or the secrets alone need. */
const ACQUAINTED = 13;

const names = DEFINITIONS.map(({ name }) => name);
const files = FOLDERS.flatMap((folder) => sourcesBelow(join(ROOT, folder))).filter(
  ({ path }) => !DEFINING.test(path),
);

interface Source {
  /** Below the program's folder. */
  readonly path: string;
  readonly tree: ts.SourceFile;
}

function sourcesBelow(folder: string): Source[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith(".ts"))
    .map((entry) => {
      const file = join(entry.parentPath, entry.name);
      const tree = ts.createSourceFile(file, readFileSync(file, "utf8"), ts.ScriptTarget.Latest, true);
      return { path: relative(ROOT, file), tree };
    });
}

/** Texts of a file that are a container's name, or the name of its object: `web`, `docker_container.web`, `…-web`. */
function namesIn({ tree }: Source): string[] {
  const found: string[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node)) return;
    if (ts.isStringLiteralLike(node) || node.kind === ts.SyntaxKind.TemplateTail) {
      const { text } = node as ts.StringLiteralLike | ts.TemplateTail;
      const [, name = ""] = /^(?:docker_container\.|-)?([a-z_-]+)$/.exec(text) ?? [];
      if (names.includes(name.replaceAll("_", "-"))) found.push(text);
    }
    ts.forEachChild(node, visit);
  };
  visit(tree);
  return found;
}

/** Definitions that a file imports. */
function definitionsIn({ tree }: Source): string[] {
  const own = new RegExp(`/(?:backing-services|processes|tasks|jobs)/(?:${names.join("|")})$`);
  return tree.statements
    .filter(ts.isImportDeclaration)
    .map(({ moduleSpecifier }) => (moduleSpecifier as ts.StringLiteral).text)
    .filter((path) => own.test(path));
}

it("a container is named in its definition and nowhere else", () =>
  expect(
    files
      .filter((file) => namesIn(file).length > 0)
      .map(({ path }) => path)
      .sort(),
  ).toEqual(Object.keys(HOMONYMS)));

it(`no more than ${ACQUAINTED} files ask for one container in particular; with fewer, the figure is lowered`, () => {
  const acquainted = files.filter(
    ({ path, tree }) =>
      path !== "application/registry/definitions.ts" && definitionsIn({ path, tree }).length > 0,
  );
  expect(acquainted.map(({ path }) => path)).toHaveLength(ACQUAINTED);
});

it("finds a name wherever it may stand", () => {
  const source = (text: string): Source => ({
    path: "a.ts",
    tree: ts.createSourceFile("a.ts", text, ts.ScriptTarget.Latest, true),
  });
  const text =
    'import "web"; f("web", `nginx`, `${name}-database`, "docker_container.nginx_check", "web page");';
  expect(namesIn(source(text))).toEqual(["web", "nginx", "-database", "docker_container.nginx_check"]);
  expect(definitionsIn(source('import { web } from "../application/processes/web";'))).toHaveLength(1);
});
