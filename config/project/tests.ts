import { posix } from "node:path";
import type { ProjectTree } from "./tree";

/** Where Django's test runner and pytest look for tests. */
const NAME = /(^|\/)(tests\.py|test_[^/]*\.py|tests\/.*\.py)$/;

/** `startapp` makes a `tests.py` with nothing but a comment. */
const TEST = /^\s*(async\s+)?def test/m;

/** Whether a project has a test to run, below the folder of manage.py. */
export function hasTests(tree: ProjectTree, pythonRoot: string): boolean {
  return tree.pythonFiles.some((file) => {
    const path = posix.relative(pythonRoot, file);
    return !path.startsWith("..") && NAME.test(path) && TEST.test(tree.text(file) ?? "");
  });
}
