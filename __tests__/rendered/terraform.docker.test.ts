import { writeFileSync } from "node:fs";
import { join } from "node:path";
import * as fc from "fast-check";
import { literal } from "../../constructs/docker/escape";
import { guestbook, guestbookInDevelopment, guestbookWithProcesses } from "../support/guestbook";
import { STACKS, synthesized, temporaryFolder } from "../support/synthesis";
import { TerraformFolder } from "../support/terraform";

const data = temporaryFolder();
let lock: Buffer | undefined;

/** Installs the providers once: all stacks have the same. */
function initialised(folder: string): TerraformFolder {
  const terraform = new TerraformFolder(folder, data);
  if (lock) writeFileSync(join(folder, ".terraform.lock.hcl"), lock);
  else terraform.run("init", "-backend=false");
  lock = terraform.lock();
  return terraform;
}

describe.each([
  ["production", guestbook],
  ["development", guestbookInDevelopment],
  ["production with processes", guestbookWithProcesses],
])("in profile %s", (_profile, deployment) => {
  const synthesis = synthesized(deployment);

  it.each(STACKS)("terraform finds %s valid", (name) => {
    const terraform = initialised(join(synthesis.folder, "stacks", name));
    expect(JSON.parse(terraform.run("validate", "-json"))).toMatchObject({
      valid: true,
      error_count: 0,
      warning_count: 0,
    });
  });
});

it("terraform reads literal text as it was, whatever it is", () => {
  const part = fc.constantFrom("$", "%", "{", "}", "$${", "${x}", "%{if}", "a", '"', "\\", "\n", "é", "{{");
  const texts = fc.sample(fc.array(part, { maxLength: 10 }), 500).map((parts) => parts.join(""));
  const folder = temporaryFolder();
  writeFileSync(
    join(folder, "main.tf.json"),
    JSON.stringify({ output: { texts: { value: texts.map(literal) } } }),
  );
  const terraform = new TerraformFolder(folder, join(folder, ".terraform"));
  terraform.run("init");
  terraform.run("apply", "-auto-approve");
  expect(JSON.parse(terraform.run("output", "-json", "texts"))).toEqual(texts);
});
