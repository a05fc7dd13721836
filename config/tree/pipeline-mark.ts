import { join } from "node:path";
import { readText } from "./tree";

/** By this line, and only by it, a file of the pipeline is known as ours: made, never written by hand. */
export const PIPELINE_MARK =
  "# Made by django-deployment from deployment.ts. Do not edit: the next run writes it anew.";

/** Name of the list of the pipeline's files; a folder that holds it is ours. */
export const MANIFEST = "MANIFEST";

/** Whether a file, or a folder, is one that the pipeline's files are made of. */
export function isOurs(path: string): boolean {
  const text = readText(path) ?? readText(join(path, MANIFEST));
  return text?.startsWith(PIPELINE_MARK) === true;
}
