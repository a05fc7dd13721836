import { posix } from "node:path";
import { readRequirements, requirementsFilesIn } from "./requirements";
import type { ProjectTree } from "../tree/tree";

/** How a project's tests are run. */
export interface ProjectTests {
  /** Line of a shell, run in the folder of manage.py. */
  readonly command: string;
  /** What they need beside production's requirements: a requirements file below the project's folder. */
  readonly requirements?: string;
}

/** Django's own runner asks before it replaces a database that a killed run has left. */
export const DJANGO_TESTS: ProjectTests = { command: "python3 manage.py test --noinput" };

const PYTEST = "python3 -m pytest";

/** Where Django's test runner and pytest look for tests. */
const NAME = /(^|\/)(tests\.py|test_[^/]*\.py|[^/]*_test\.py|tests\/.*\.py)$/;

/** `startapp` makes a `tests.py` with nothing but a comment. */
const TEST = /^\s*(async\s+)?def test/m;

/** Files by which pytest is configured, and what then stands in them. */
const CONFIGURATIONS: Readonly<Record<string, RegExp>> = {
  "pytest.ini": /^/,
  ".pytest.ini": /^/,
  "pyproject.toml": /^\[tool\.pytest[.\]]/m,
  "setup.cfg": /^\[tool:pytest\]/m,
  "tox.ini": /^\[pytest\]/m,
};

/**
 * How the tests below the folder of manage.py are run; undefined: there is none.
 *
 * @param production production's requirements file, below the project's folder
 */
export function testsOf(
  tree: ProjectTree,
  pythonRoot: string,
  production: string | undefined,
): ProjectTests | undefined {
  if (!hasTests(tree, pythonRoot)) return undefined;
  if (!configuresPytest(tree, pythonRoot)) return DJANGO_TESTS;
  if (production !== undefined && asksForPytest(tree, production)) return { command: PYTEST };
  const requirements = requirementsFilesOf(tree, pythonRoot).find((file) => asksForPytest(tree, file));
  // Without its package, pytest can't run; tests that are unittest's, as Django's are, still do.
  return requirements === undefined ? DJANGO_TESTS : { command: PYTEST, requirements };
}

function hasTests(tree: ProjectTree, pythonRoot: string): boolean {
  return tree.pythonFiles.some((file) => {
    const path = posix.relative(pythonRoot, file);
    return !path.startsWith("..") && NAME.test(path) && TEST.test(tree.text(file) ?? "");
  });
}

function configuresPytest(tree: ProjectTree, pythonRoot: string): boolean {
  return Object.entries(CONFIGURATIONS).some(([name, pattern]) =>
    [pythonRoot, "."].some((folder) => {
      const text = tree.text(posix.join(folder, name));
      return text !== undefined && pattern.test(text);
    }),
  );
}

function asksForPytest(tree: ProjectTree, file: string): boolean {
  const { packages } = readRequirements(tree, file);
  return packages.has("pytest") || packages.has("pytest-django");
}

/** Every requirements file beside manage.py and on top, those for tests first. */
function requirementsFilesOf(tree: ProjectTree, pythonRoot: string): string[] {
  const forTests = (file: string): number => (/test/i.test(posix.basename(file)) ? 0 : 1);
  return [...new Set([pythonRoot, "."])]
    .flatMap((folder) => requirementsFilesIn(tree, folder, /requirements?[\w.-]*\.txt$/i))
    .sort((a, b) => forTests(a) - forTests(b));
}
