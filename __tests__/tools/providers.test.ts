import { existsSync } from "node:fs";
import { join } from "node:path";

import { Machine } from "./machine";

const built = (registry: string) =>
  `mirror/${registry}/kreuzwerker/docker/4.6.0/linux_amd64/terraform-provider-docker_v4.6.0`;

let machine: Machine;
beforeEach(() => {
  machine = new Machine().has("uname", "echo x86_64");
});
afterEach(() => machine.remove());

it("does nothing where the registry answers", () => {
  expect(machine.registryAnswers(200).run("providers")).toMatchObject({ status: 0, stderr: "" });
  expect(JSON.parse(machine.read(".deployment/machine.json"))).toEqual({});
});

it("does nothing where the user's own configuration names a mirror that has the provider", () => {
  machine.write(built("registry.terraform.io"), "");
  machine.write(
    "user.rc",
    `provider_installation {\n  filesystem_mirror {\n    path    = "${join(machine.project, "mirror")}"\n  }\n}\n`,
  );

  expect(
    machine.run("providers", [], { TF_CLI_CONFIG_FILE: join(machine.project, "user.rc") }),
  ).toMatchObject({ status: 0, stderr: "" });
});

it("lays out a mirror from a folder that the user gives, once, for both Terraform and OpenTofu", () => {
  machine.write(built("registry.terraform.io"), "the provider");
  const environment = { DEPLOYMENT_PROVIDERS: join(machine.project, "mirror") };

  const { status, stderr } = machine.run("providers", ["docker"], environment);

  expect(stderr).toMatch(
    /^==> unpack the Terraform provider docker from .*mirror, since registry\.terraform\.io can't be reached\n$/,
  );
  expect(status).toBe(0);
  for (const registry of ["registry.terraform.io", "registry.opentofu.org"]) {
    expect(machine.read(built(registry).replace("mirror", ".deployment/providers"))).toBe("the provider");
  }
  const configuration = join(machine.project, ".deployment/providers/terraform.rc");
  expect(JSON.parse(machine.read(".deployment/machine.json"))).toEqual({ terraformConfig: configuration });
  expect(machine.read(".deployment/providers/terraform.rc")).toContain(
    'include = ["registry.opentofu.org/kreuzwerker/docker", "registry.terraform.io/kreuzwerker/docker"]',
  );
  expect(machine.run("providers", ["docker"])).toMatchObject({ status: 0, stderr: "" });
});

describe("with --prebuilt", () => {
  it("builds nothing: it says what would have to be built, and ends with a status of its own", () => {
    const { status, stderr } = machine.run("providers", ["--prebuilt", "docker", "aws"]);
    expect(status).toBe(3);
    expect(stderr).toMatch(
      /^missing: the Terraform provider docker would have to be built \(3 min\), since [^\n]+\n$/,
    );
    expect(existsSync(join(machine.project, ".deployment", "providers"))).toBe(false);
  });

  it("takes what was built before", () => {
    machine.write(built("registry.terraform.io"), "the provider");
    const environment = { DEPLOYMENT_PROVIDERS: join(machine.project, "mirror") };
    expect(machine.run("providers", ["--prebuilt", "docker"], environment)).toMatchObject({ status: 0 });
    expect(machine.run("providers", ["--prebuilt"])).toMatchObject({ status: 0, stderr: "" });
    expect(machine.run("providers", ["--prebuilt", "aws"])).toMatchObject({ status: 3 });
  });
});

it("refuses a provider that it does not know and a folder that is not there", () => {
  expect(machine.run("providers", ["azure"])).toMatchObject({
    status: 1,
    stderr: 'error: unknown provider "azure"; known: aws docker github local random tls\n',
  });
  expect(machine.run("providers", [], { DEPLOYMENT_PROVIDERS: "/nowhere" }).stderr).toMatch(
    /^error: DEPLOYMENT_PROVIDERS=\/nowhere is not a folder/,
  );
});

it("says where GitHub's provider is missing, builds nothing, and names the way without it", () => {
  const { status, stderr } = machine.run("providers", ["github"]);
  expect(status).toBe(3);
  expect(stderr).toMatch(/^missing: the Terraform provider github, since .* "make pipeline-files" writes/);
});
