import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { loadDeployment } from "../../config/load";
import { synthesize } from "../../synth/synthesize";
import { flowchart, mountLines, orderLines } from "./mermaid";
import { type StackSource, resourcesOf } from "./stack-graph";

/** What cdktf says of the stacks. */
interface Manifest {
  readonly stacks: Readonly<
    Record<string, { readonly synthesizedStackPath: string; readonly dependencies: readonly string[] }>
  >;
}

/** Drawings of the example's stacks, as Markdown with Mermaid. */
export function stackDrawings(root: string): string {
  const outdir = mkdtempSync(join(tmpdir(), "drawings-"));
  try {
    synthesize({ ...loadDeployment({ project: { folder: "examples/guestbook" } }, root), root, outdir });
    const { stacks } = JSON.parse(readFileSync(join(outdir, "manifest.json"), "utf8")) as Manifest;
    const depth = (name: string): number =>
      1 + Math.max(0, ...(stacks[name]?.dependencies ?? []).map((before) => depth(before)));
    const sources = Object.entries(stacks)
      .sort(([a], [b]) => depth(a) - depth(b))
      .map(([name, { synthesizedStackPath }]) => ({
        name,
        json: JSON.parse(readFileSync(join(outdir, synthesizedStackPath), "utf8")) as StackSource["json"],
      }));
    const order = Object.entries(stacks).flatMap(([after, { dependencies }]) =>
      dependencies.map((before) => ({ before, after })),
    );
    const resources = resourcesOf(sources);
    return [
      "What each stack holds, and what is there before what. Rounded: runs once and must end well.\n",
      flowchart("LR", orderLines(resources, order)),
      "Who mounts which volume. Dotted: only to read.\n",
      flowchart("LR", mountLines(resources)),
    ].join("\n");
  } finally {
    rmSync(outdir, { recursive: true });
  }
}
