import { existsSync, readFileSync, readdirSync, rmSync } from "node:fs";
import { join, posix } from "node:path";
import { MANIFEST, isOurs } from "../../config/tree/pipeline-mark";
import { pathsInManifest } from "../../pipeline/manifest";
import type { PipelineFile } from "../../pipeline/pipeline-file";
import { WORKFLOW_PATH } from "../../pipeline/workflow/workflow-file";
import { writeFiles } from "./written-files";

/** How a repository differs from what the pipeline's files should be; paths below its root, sorted. */
export interface PipelineDifferences {
  /** Files that are missing. */
  readonly missing: readonly string[];
  /** Files with another content. */
  readonly changed: readonly string[];
  /** Files of ours that are no longer made. */
  readonly left: readonly string[];
  /** Files and folders in the way that aren't ours. */
  readonly foreign: readonly string[];
}

/**
 * Compares, and writes nothing.
 *
 * @param root the repository's root; absolute
 * @param files every file of the pipeline, its manifest among them
 */
export function comparePipeline(root: string, files: readonly PipelineFile[]): PipelineDifferences {
  const folder = folderOf(files);
  const manifest = join(root, folder, MANIFEST);
  const known = isOurs(manifest) ? pathsInManifest(readFileSync(manifest, "utf8")) : undefined;
  const there = (path: string): boolean => existsSync(join(root, path));
  const made = new Set(files.map(({ path }) => path));
  return {
    missing: files.map(({ path }) => path).filter((path) => !there(path)),
    changed: files
      .filter(({ path, content }) => there(path) && readFileSync(join(root, path), "utf8") !== content)
      .map(({ path }) => path),
    // A manifest that somebody wrote names nothing else than what may be ours.
    left: (known ?? []).filter(
      (path) => !made.has(path) && path === posix.normalize(path) && isBelow(path, folder) && there(path),
    ),
    foreign: [
      ...(known === undefined && hasFiles(join(root, folder)) ? [`${folder}/`] : []),
      ...(there(WORKFLOW_PATH) && !isOurs(join(root, WORKFLOW_PATH)) ? [WORKFLOW_PATH] : []),
    ],
  };
}

/** Writes the files, and removes those of ours that are no longer made. */
export function writePipeline(root: string, files: readonly PipelineFile[]): void {
  const { left } = comparePipeline(root, files);
  // The manifest last: a run that is cut off leaves the old one, by which the next one knows what is ours.
  for (const path of left) rmSync(join(root, path));
  writeFiles(files, root);
}

function folderOf(files: readonly PipelineFile[]): string {
  const manifest = files.find(({ path }) => posix.basename(path) === MANIFEST);
  return posix.dirname(manifest?.path ?? MANIFEST);
}

function isBelow(path: string, folder: string): boolean {
  return path.startsWith(`${folder}/`) || path === WORKFLOW_PATH;
}

function hasFiles(folder: string): boolean {
  return existsSync(folder) && readdirSync(folder).length > 0;
}
