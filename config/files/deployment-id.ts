import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type Problem, problems } from "../errors";

/** Name of the file beside `deployment.ts` that holds the deployment's id. */
export const ID_FILE = "deployment.id";

/** What a deployment's id looks like: 128 random bits. */
const ID = /^[0-9a-f]{32}$/;

const COMMENT =
  '# Tells this deployment\'s data from those of any other one. "make up" has written it.\n' +
  "# Commit it: in a clone without it the data of this deployment are refused.\n";

/** What the file says. */
export interface DeploymentId {
  /** The id; undefined when the file is missing or says none. */
  readonly id?: string;
  readonly problems: readonly Problem[];
}

/**
 * Reads the deployment's id.
 *
 * @param root folder of `deployment.ts`; absolute
 */
export function readDeploymentId(root: string): DeploymentId {
  try {
    return parseDeploymentId(readFileSync(join(root, ID_FILE), "utf8"));
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    return { problems: code === "ENOENT" ? [] : [problems.unreadableId(ID_FILE, code ?? "unknown")] };
  }
}

/** @param text what is in the file: one line, and comments */
export function parseDeploymentId(text: string): DeploymentId {
  const lines = text
    .split(/\r\n?|\n/)
    .map((line) => line.trim())
    .filter((line) => line !== "" && !line.startsWith("#"));
  const [id] = lines;
  if (lines.length === 1 && id !== undefined && ID.test(id)) return { id, problems: [] };
  return { problems: [problems.malformedId(ID_FILE, lines)] };
}

/** The file's text for an id. */
export function renderDeploymentId(id: string): string {
  return `${COMMENT}${id}\n`;
}
