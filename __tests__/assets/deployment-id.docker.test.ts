import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { secretsTask } from "../../application/services/secrets";
import { readMachine } from "../../cli/computer/machine";
import { guestbook, ROOT } from "../support/guestbook";

jest.setTimeout(300_000);

const IMAGE = readMachine(ROOT).images?.python ?? `python:${guestbook.project.python.version}-slim`;
const VOLUME = `test-deployment-id-${process.pid}`;
const OURS = "0".repeat(32);
const THEIRS = "f".repeat(32);

afterEach(() => spawnSync("docker", ["volume", "rm", "--force", VOLUME]));

/** Runs the task of a deployment with that id on one secrets volume. */
function run(id?: string): { readonly status: number | null; readonly output: string } {
  const { capabilities, entrypoint = [], environment, files } = secretsTask({ ...guestbook, id });
  const [program = "", ...rest] = entrypoint;
  const { status, stdout, stderr } = spawnSync(
    "docker",
    [
      ...["run", "--rm", "--network=none", "--user=0:0", "--cap-drop=ALL"],
      ...capabilities.map((capability) => `--cap-add=${capability}`),
      ...["--volume", `${VOLUME}:/volumes/secrets`],
      ...Object.entries(environment).flatMap(([name, value]) => ["--env", `${name}=${value}`]),
      ...files.flatMap(({ target, source }) =>
        "asset" in source ? ["--volume", `${join(ROOT, "assets", source.asset)}:${target}:ro`] : [],
      ),
      ...["--entrypoint", program, IMAGE, ...rest],
    ],
    { encoding: "utf8" },
  );
  return { status, output: stdout + stderr };
}

/** Names, owners and contents of what is in the volume. */
function look(): string {
  const script = "cd /secrets && ls -ln && cat *";
  const args = ["run", "--rm", "--network=none", "--volume", `${VOLUME}:/secrets`, "--entrypoint=sh", IMAGE];
  return spawnSync("docker", [...args, "-c", script], { encoding: "utf8" }).stdout;
}

describe("the secrets volume", () => {
  it("keeps the deployment's id, which everybody may read", () => {
    expect(run(OURS).status).toBe(0);
    expect(look()).toMatch(/^-r--r--r-- +1 +0 +0 +33 .* deployment_id$/m);
    expect(look()).toContain(`${OURS}\n`);
    const before = look();
    expect(run(OURS).status).toBe(0);
    expect(look()).toBe(before);
  });

  it("of before has none, and gets one", () => {
    expect(run().status).toBe(0);
    expect(look()).not.toContain("deployment_id");
    expect(run(OURS).output).toContain("deployment_id: written");
    expect(look()).toContain(OURS);
  });

  it("of another deployment is refused, and nothing in it changes", () => {
    run(THEIRS);
    const before = look();
    const { status, output } = run(OURS);
    expect(status).not.toBe(0);
    expect(output).toContain(THEIRS);
    expect(output).toContain(OURS);
    expect(look()).toBe(before);
  });
});
