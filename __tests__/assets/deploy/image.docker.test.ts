import { execFileSync } from "node:child_process";
import { appendFileSync, cpSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { readMachine } from "../../../cli/computer/machine";
import { ROOT } from "../../support/guestbook";
import { removeProjects } from "../../support/project";
import { Runner, type ScriptOutcome } from "../../support/runner";

afterAll(removeProjects);

const ID = "20261124T190533Z-1a2b3c4";

/** What this machine has in the place of what a registry would give. */
function machine(): Record<string, string> {
  const { caBundle, images = {} } = readMachine(ROOT);
  return {
    ...(images.python !== undefined && { PYTHON_IMAGE: images.python }),
    ...(images["mariadb"] !== undefined && { MARIADB_IMAGE: images["mariadb"] }),
    ...(caBundle !== undefined && { CA_BUNDLE: caBundle }),
  };
}

/** What a run has left. Other tests run the same script at the same time. */
function containersOf({ pid }: ScriptOutcome): string {
  return execFileSync(
    "docker",
    ["ps", "--all", "--quiet", "--filter", `name=django-deployment-test-${pid}-`],
    {
      encoding: "utf8",
    },
  );
}

describe("on the runner, the guestbook's", () => {
  let runner: Runner;
  const run = (script: string, env: Record<string, string> = {}): ReturnType<Runner["run"]> =>
    runner.run(script, [], { ...machine(), ...env });

  const settings = (): string => join(runner.project, "deploy/settings.sh");

  beforeAll(() => {
    runner = new Runner();
    rmSync(runner.project, { recursive: true });
    cpSync(join(ROOT, "examples", "guestbook"), runner.project, { recursive: true });
    runner.renew();
    expect(run("context")).toMatchObject({ status: 0, stderr: "" });
  });

  test("tests run on the image, those that .dockerignore keeps out of it, too", () => {
    const outcome = run("test");
    expect(outcome.stderr).toMatch(/Ran [1-9]\d* tests in/);
    expect(outcome.status).toBe(0);
    expect(containersOf(outcome)).toBe("");
  });

  test("tests run with production's settings and a MariaDB when there are none for tests", () => {
    const before = readFileSync(settings(), "utf8");
    appendFileSync(
      settings(),
      "TEST_ENVIRONMENT+=(DJANGO_SETTINGS_MODULE=config.settings.prod)\nTESTS_COLLECT=1\nTEST_COMMAND+=' --verbosity 2'\n",
    );
    const { stderr, status } = run("test");
    expect(stderr).toContain("Creating test database for alias 'default' ('test_django')");
    expect(stderr).toMatch(/Ran [1-9]\d* tests in/);
    expect(status).toBe(0);
    expect(before).toContain("TESTS_COLLECT=0");
    runner.renew();
  });

  test("pytest runs them where it is configured: installed for them alone, and not as root", () => {
    const added = {
      "pytest.ini": "[pytest]\npython_files = tests.py test_*.py\n",
      "requirements-test.txt": "-r requirements.txt\npytest-django==4.11.1\n",
      "entries/test_user.py": "import os\n\n\ndef test_user():\n    assert os.getuid() == 10001\n",
    };
    for (const [path, text] of Object.entries(added)) writeFileSync(join(runner.project, path), text);
    runner.renew();
    const { status, stdout } = run("test");
    expect(stdout).toMatch(/[1-9]\d* passed/);
    expect(status).toBe(0);
    for (const path of Object.keys(added)) rmSync(join(runner.project, path));
    runner.renew();
  });

  test("failed tests end the run, and nothing of them is left", () => {
    appendFileSync(settings(), `TEST_COMMAND="python3 -c 'raise SystemExit(3)'"\n`);
    const outcome = run("test");
    runner.renew();
    expect(outcome.status).toBe(1);
    expect(outcome.stderr).toContain("error: the tests have failed: nothing was released");
    expect(containersOf(outcome)).toBe("");
  });

  test("image is saved under the release's name, for the host to load", () => {
    expect(run("build", { RELEASE_ID: ID })).toMatchObject({ status: 0 });
    const archive = join(runner.temporary, "release/image.tar");
    const manifest = execFileSync("tar", ["--extract", "--to-stdout", "--file", archive, "manifest.json"], {
      encoding: "utf8",
    });
    expect(manifest).toContain(`"guestbook-web:${ID}"`);
    execFileSync("docker", ["rmi", `guestbook-web:${ID}`, "guestbook-web:test"]);
  });
});
