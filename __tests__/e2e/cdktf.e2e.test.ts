import { Clone } from "./support/clone";
import { MINUTE } from "./support/counts";
import { succeeded } from "./support/run";

let clone: Clone;

beforeAll(async () => {
  clone = await Clone.create("cdktf");
});

/** cdktf as a user runs it, with what this machine needs. */
async function cdktf(command: string): Promise<string> {
  // Without a terminal's spinner, and without asking HashiCorp for news.
  const env = { CI: "1", CHECKPOINT_DISABLE: "1" };
  const outcome = await clone.shell(`eval "$(tools/environment)" && npx cdktf ${command}`, { env });
  return succeeded(outcome, `cdktf ${command}`).output;
}

it(
  "npx cdktf synth writes the stacks",
  async () => {
    await cdktf("synth");
    expect(clone.read("cdktf.out/stacks/local-data/cdk.tf.json")).toContain('"e2e-cdktf-dbdata"');
  },
  2 * MINUTE,
);

it(
  "npx cdktf deploy brings the application up, in the stacks' order",
  async () => {
    await cdktf("deploy 'local*' --auto-approve --skip-provider-lock");
    expect((await clone.sign("by cdktf")).status).toBe(201);
  },
  6 * MINUTE,
);

it(
  "make up notes the deployment's id and then finds nothing to do: both know the same state",
  async () => {
    const running = async (): Promise<string[]> =>
      Promise.all(["database", "web", "nginx"].map(async (role) => (await clone.container(role)).Id));
    const before = await running();
    await clone.mustMake("up");
    expect(clone.read("deployment.id")).not.toBe("");
    expect(await running()).toEqual(before);
    const { output } = await clone.mustMake("up");
    expect(output.match(/^✓ .*: no changes$/gm)).toHaveLength(3);
    expect(await clone.entries("by cdktf")).toEqual(["by cdktf"]);
  },
  2 * MINUTE,
);
