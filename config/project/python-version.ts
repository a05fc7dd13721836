import { posix } from "node:path";

import type { ProjectTree } from "../tree/tree";

/** The Python version that a project asks for. */
export interface PythonVersion {
  /** Two parts, for example `3.12`. */
  readonly version: string;
  /** The file that says so, below the project's folder. */
  readonly file: string;
  /** True when any later version will do as well (`requires-python = ">=3.12"`). */
  readonly orLater: boolean;
}

/** Where projects say it, the most deliberate first. */
const SOURCES: readonly { file: string; pattern: RegExp; orLater?: boolean }[] = [
  { file: ".python-version", pattern: /^\s*(?:cpython-|python-)?(3\.\d+)/m },
  { file: "runtime.txt", pattern: /^\s*python-(3\.\d+)/m },
  { file: "Pipfile", pattern: /^\s*python_(?:full_)?version\s*=\s*["'](3\.\d+)/m },
  // python:3.12-slim, and uv:python3.12-bookworm-slim; the last stage is the one that runs.
  { file: "Dockerfile", pattern: /^FROM\s+\S*python:?(3\.\d+)(?![\s\S]*^FROM\s+\S*python:?3\.\d+)/im },
  { file: "pyproject.toml", pattern: /^\s*requires-python\s*=\s*["']\s*==\s*(3\.\d+)/m },
  {
    file: "pyproject.toml",
    pattern: /^\s*(?:requires-python|python)\s*=\s*["']\s*(?:>=|~=|\^)\s*(3\.\d+)/m,
    orLater: true,
  },
];

/** The Python version that the project asks for, if it does. */
export function pythonVersionOf(tree: ProjectTree, pythonRoot: string): PythonVersion | undefined {
  for (const { file, pattern, orLater = false } of SOURCES) {
    for (const folder of new Set([".", pythonRoot])) {
      const path = posix.join(folder, file);
      const version = pattern.exec(tree.text(path) ?? "")?.[1];
      if (version !== undefined) return { version, file: path, orLater };
    }
  }
  return undefined;
}
