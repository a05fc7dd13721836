import { Clone } from "./support/clone";
import { MINUTE } from "./support/counts";

let clone: Clone;

beforeAll(async () => {
  clone = await Clone.create("check");
  await clone.mustMake("up");
}, 6 * MINUTE);

/** Runs manage.py in the web container, with the environment that the entrypoint makes. */
async function manage(...args: string[]): Promise<string> {
  const { Id } = await clone.container("web");
  const { status, output } = await clone.docker.try([
    "exec",
    Id,
    "/opt/deployment/bin/entrypoint",
    "python",
    "manage.py",
    ...args,
  ]);
  return `${output.trim()} (status ${status})`;
}

describe("the example in the built image", () => {
  it("passes Django's own check of a deployment", async () =>
    expect(await manage("check", "--deploy", "--fail-level", "WARNING")).toMatch(
      /no issues.*\(status 0\)$/s,
    ));

  it("has a migration for every change of its models", async () =>
    expect(await manage("makemigrations", "--check", "--dry-run")).toMatch(
      /No changes detected.*\(status 0\)$/s,
    ));

  it("has no compiler and no package manager's leftovers in it", async () => {
    const { Id } = await clone.container("web");
    expect((await clone.docker.try(["exec", Id, "sh", "-c", "command -v gcc cc make"])).stdout).toBe("");
  });

  it(
    "passes its own tests",
    async () => {
      const { Image } = await clone.container("web");
      // The tests are no part of the image, so they come with the source.
      const { output, status } = await clone.docker.try([
        ...["run", "--rm", "--network", "none", "--entrypoint", "/opt/venv/bin/python"],
        ...["--label", `django-deployment.name=${clone.name}`, "--env", "PYTHONDONTWRITEBYTECODE=1"],
        ...["--volume", `${clone.folder}/examples/guestbook:/app:ro`, Image],
        ...["manage.py", "test", "--settings", "config.settings.test"],
      ]);
      expect(`${output} (status ${status})`).toMatch(/\nOK\n.*\(status 0\)$/s);
    },
    MINUTE,
  );
});
