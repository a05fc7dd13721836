import { writeFileSync } from "node:fs";
import { join } from "node:path";
import * as fc from "fast-check";
import type { Deployment } from "../../config/deployment";
import { quoted } from "../../constructs/docker/escape";
import { synthesize } from "../../synth/synthesize";
import { deployments, nasty } from "../support/arbitraries";
import { STACKS, programFolder, temporaryFolder } from "../support/synthesis";
import { TerraformFolder } from "../support/terraform";

/** 30 when there is time (`make test-long`). */
const SAMPLE = process.env["LONG"] === "1" ? 30 : 3;

describe(`of ${SAMPLE} generated deployments`, () => {
  const sample = fc.sample(deployments, SAMPLE);
  const root = programFolder();
  const outdir = join(root, "cdktf.out");
  const data = temporaryFolder();
  const terraform = STACKS.map((stack) => new TerraformFolder(join(outdir, "stacks", stack), data));

  beforeAll(() => {
    sample.slice(0, 1).forEach(write);
    // All stacks have the same provider, and the lock file outlives each synth.
    terraform[0]?.run("init", "-backend=false");
    const lock = terraform[0]?.lock() ?? "";
    terraform.slice(1).forEach(({ folder }) => writeFileSync(join(folder, ".terraform.lock.hcl"), lock));
  });

  function write(deployment: Deployment): void {
    synthesize({ deployment, projectFiles: { requirements: [], projectFiles: [] }, root, outdir });
  }

  it.each(sample.map((deployment, index) => ({ index, deployment })))(
    "terraform finds all stacks of number $index valid",
    ({ deployment }) => {
      write(deployment);
      const verdicts = terraform.map((folder) => JSON.parse(folder.run("validate", "-json")) as object);
      // The whole deployment is in the message, since the next run makes other ones.
      expect({ deployment, verdicts }).toEqual({
        deployment,
        verdicts: STACKS.map(() => expect.objectContaining({ valid: true, warning_count: 0 }) as object),
      });
    },
  );
});

it("terraform reads text in an expression as it was, whatever it is", () => {
  const texts = fc.sample(nasty, 500).map((text) => text.replaceAll("\0", ""));
  const folder = temporaryFolder();
  const values = texts.map((text) => `\${[${quoted(text)}]}`);
  writeFileSync(join(folder, "main.tf.json"), JSON.stringify({ output: { texts: { value: values } } }));
  const terraform = new TerraformFolder(folder, join(folder, ".terraform"));
  terraform.run("init");
  terraform.run("apply", "-auto-approve");
  expect(JSON.parse(terraform.run("output", "-json", "texts"))).toEqual(texts.map((text) => [text]));
});
