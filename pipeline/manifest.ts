import { createHash } from "node:crypto";
import { MANIFEST, PIPELINE_MARK } from "../config/tree/pipeline-mark";
import type { PipelineFile } from "./pipeline-file";

/** The list of the files of `deploy/` with the SHA-256 of each; `sha256sum --check` reads it. Pure. */
export function manifestOf(files: readonly PipelineFile[], folder: string): PipelineFile {
  const lines = files.map(({ path, content }) => `${hashOf(content)}  ${path}`);
  const content = `${PIPELINE_MARK}\n${lines.sort(byPath).join("\n")}\n`;
  return { path: `${folder}/${MANIFEST}`, content, executable: false };
}

/** Paths that a manifest names, below the repository's root. */
export function pathsInManifest(text: string): string[] {
  return text.split("\n").flatMap((line) => /^[0-9a-f]{64} {2}(.+)$/.exec(line)?.[1] ?? []);
}

/** SHA-256, hexadecimal. */
export function hashOf(content: string): string {
  return createHash("sha256").update(content).digest("hex");
}

function byPath(a: string, b: string): number {
  return a.slice(64) < b.slice(64) ? -1 : 1;
}
