import { execFileSync } from "node:child_process";
import { appendFileSync, cpSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { readMachine } from "../../../cli/machine";
import { ROOT } from "../../support/guestbook";
import { removeProjects } from "../../support/project";
import { Runner } from "../../support/runner";

afterAll(removeProjects);

const ID = "20261124T190533Z-1a2b3c4";

/** What this machine has in the place of what a registry would give. */
function machine(): Record<string, string> {
  const { caBundle, images = {} } = readMachine(ROOT);
  return {
    ...(images.python !== undefined && { PYTHON_IMAGE: images.python }),
    ...(images.mariadb !== undefined && { MARIADB_IMAGE: images.mariadb }),
    ...(caBundle !== undefined && { CA_BUNDLE: caBundle }),
  };
}

function containers(): string {
  return execFileSync("docker", ["ps", "--all", "--quiet", "--filter", "name=django-deployment-test-"], {
    encoding: "utf8",
  });
}

describe("on the runner, the guestbook's", () => {
  let runner: Runner;
  const run = (script: string, env: Record<string, string> = {}): ReturnType<Runner["run"]> =>
    runner.run(script, [], { ...machine(), ...env });

  beforeAll(() => {
    runner = new Runner();
    rmSync(runner.project, { recursive: true });
    cpSync(join(ROOT, "examples", "guestbook"), runner.project, { recursive: true });
    runner.renew();
    expect(run("context")).toMatchObject({ status: 0, stderr: "" });
  });

  test("tests run on the image, those that .dockerignore keeps out of it, too", () => {
    const { status, stderr } = run("test");
    expect(stderr).toMatch(/Ran [1-9]\d* tests in/);
    expect(status).toBe(0);
    expect(containers()).toBe("");
  });

  test("tests run with production's settings and a MariaDB when there are none for tests", () => {
    const settings = join(runner.project, "deploy/settings.sh");
    const before = readFileSync(settings, "utf8");
    appendFileSync(
      settings,
      "TEST_ENVIRONMENT+=(DJANGO_SETTINGS_MODULE=config.settings.prod)\nTESTS_COLLECT=1\n",
    );
    const { stderr, status } = run("test", {
      TEST_COMMAND: "python3 manage.py test --noinput --verbosity 2",
    });
    expect(stderr).toContain("Creating test database for alias 'default' ('test_django')");
    expect(stderr).toMatch(/Ran [1-9]\d* tests in/);
    expect(status).toBe(0);
    expect(before).toContain("TESTS_COLLECT=0");
    runner.renew();
  });

  test("failed tests end the run, and nothing of them is left", () => {
    const { status, stderr } = run("test", { TEST_COMMAND: "python3 -c 'raise SystemExit(3)'" });
    expect(status).toBe(1);
    expect(stderr).toContain("error: the tests have failed: nothing was released");
    expect(containers()).toBe("");
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
