import { FOLDERS, type Folder, PARTS, folderOf } from "./folders";
import { type Import, importsOf } from "./imports";
import { flowchart } from "./mermaid";
import { type Edge, withoutDetours } from "./stack-graph";

/** Up to so many folders are clear without a drawing. */
const FEW = 4;

/** The program's folders and their imports, as Markdown with Mermaid. @param root the program's own folder */
export function folderDrawings(root: string): string {
  const imports = importsOf(root);
  const partOf = (file: string): string | undefined =>
    PARTS.find(({ folders }) => folders.some(({ path }) => path === folderOf(file)))?.name;
  const parts = PARTS.filter(({ folders }) => folders.length > FEW);
  return [
    "A file imports from its own folder and from folders that stand before it in this list.\n",
    table(PARTS.flatMap(({ folders }) => folders)),
    "An arrow leads to the folder that imports. Left out: an arrow that follows from others.\n",
    flowchart("LR", linesOf(edgesBetween(imports, partOf))),
    ...parts.flatMap(({ name, folders }) => {
      const own = folders.map(({ path }) => path);
      const within = (file: string): string | undefined => own.find((folder) => folder === folderOf(file));
      return [`Within ${name}:\n`, flowchart("LR", linesOf(edgesBetween(imports, within), own))];
    }),
  ].join("\n");
}

function table(folders: readonly Folder[]): string {
  const rows = folders.map(
    ({ path, holds }) => `| \`${path === "." ? "main.ts" : `${path}/`}\` | ${holds} |`,
  );
  return ["| folder | what it holds |", "| --- | --- |", ...rows, ""].join("\n");
}

/** What is imported comes before what imports it; each pair once, in the list's order. */
function edgesBetween(imports: readonly Import[], nodeOf: (file: string) => string | undefined): Edge[] {
  const pairs = new Map<string, Edge>();
  const place = (file: string): number => FOLDERS.indexOf(folderOf(file) ?? "");
  const sorted = imports.toSorted((a, b) => place(a.from) - place(b.from) || place(a.to) - place(b.to));
  for (const { from, to } of sorted) {
    const [after, before] = [nodeOf(from), nodeOf(to)];
    if (after === undefined || before === undefined || after === before) continue;
    pairs.set(`${before} ${after}`, { before, after });
  }
  return withoutDetours([...pairs.values()]);
}

function linesOf(edges: readonly Edge[], nodes: readonly string[] = []): string[] {
  const linked = edges.flatMap(({ before, after }) => [before, after]);
  const named = [...new Set([...nodes, ...linked])];
  return [
    ...named.map((name) => `${idOf(name)}["${name === "." ? "main.ts" : name}"]`),
    ...edges.map(({ before, after }) => `${idOf(before)} --> ${idOf(after)}`),
  ];
}

/** Mermaid's ids have neither slash nor dot. */
function idOf(name: string): string {
  return name.replace(/[^a-z]/g, "_");
}
