import { execFileSync } from "node:child_process";

import { Machine } from "./machine";

let machine: Machine;
beforeEach(() => {
  machine = new Machine();
});
afterEach(() => machine.remove());

it("prints what plain cdktf needs, so that a shell reads it back byte for byte", () => {
  const caBundle = "/home/o'neil/$HOME/`id`\\ca.crt";
  machine.write(
    ".deployment/machine.json",
    JSON.stringify({
      terraformConfig: "/a b/terraform.rc",
      terraformBinary: "tofu",
      images: { python: "p:1" },
      caBundle,
    }),
  );

  const { status, stdout } = machine.run("environment");

  expect(status).toBe(0);
  expect(stdout.match(/(?<=^export )\w+/gm)).toEqual([
    "TF_CLI_CONFIG_FILE",
    "TERRAFORM_BINARY_NAME",
    "TF_VAR_python_image",
    "TF_VAR_ca_bundle",
  ]);
  const read = execFileSync(
    "/bin/sh",
    ["-c", `${stdout}\nprintf '%s|%s' "$TF_CLI_CONFIG_FILE" "$TF_VAR_ca_bundle"`],
    { encoding: "utf8" },
  );
  expect(read).toBe(`/a b/terraform.rc|${caBundle}`);
});

it("says what writes its file where there is none", () => {
  const { status, stderr } = machine.run("environment");

  expect(status).toBe(1);
  expect(stderr).toContain("run tools/setup, which writes it");
});
