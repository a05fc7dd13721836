import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdirSync } from "node:fs";
import { join, resolve } from "node:path";

/**
 * What the tests need of PyPI. The application image takes the newest of its own (assets/image/requirements.txt).
 * PyMySQL plays mysqlclient, which needs a compiler.
 */
const PACKAGES = ["Django==5.2.8", "python-dotenv==1.2.1", "PyMySQL==1.1.2"];

/** The gunicorn that is tested against, unless a test names another one. */
export const GUNICORN = "27.0.1";

const made = new Map<string, string>();

/**
 * A virtualenv with the packages that tests of Python files need, made once; returns its `bin` folder. Test
 * files run side by side, so the first one makes it under a lock and the others wait.
 *
 * @param gunicorn its version
 */
export function pythonPackages(gunicorn = GUNICORN): string {
  const folder = made.get(gunicorn) ?? make([...PACKAGES, `gunicorn==${gunicorn}`]);
  made.set(gunicorn, folder);
  return folder;
}

function make(packages: readonly string[]): string {
  const folder = resolve(__dirname, "../../.deployment/tests");
  mkdirSync(folder, { recursive: true });
  const hash = createHash("sha256").update(packages.join(" ")).digest("hex").slice(0, 12);
  const venv = join(folder, `python-${hash}`);
  const script = [
    `[ -e "$0/complete" ] || { rm -rf "$0" && python3 -m venv "$0"`,
    `"$0/bin/pip" install --quiet --disable-pip-version-check "$@"`,
    `touch "$0/complete"; }`,
  ].join(" && ");
  try {
    execFileSync("flock", [`${venv}.lock`, "sh", "-c", script, venv, ...packages], { stdio: "pipe" });
  } catch (error) {
    throw new Error(
      `The Python packages of the tests could not be installed into ${venv} (python3 with the module venv, and PyPI ` +
        `or a mirror of it, are needed): ${error instanceof Error ? error.message : String(error)}`,
    );
  }
  return join(venv, "bin");
}
