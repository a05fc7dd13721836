import { Machine } from "./machine";

let machine: Machine;
beforeEach(() => {
  machine = new Machine();
});
afterEach(() => machine.remove());

describe("what must be given", () => {
  it("says what is expected when neither Terraform nor OpenTofu is there", () => {
    const before = machine.listing();

    const { status, stderr } = machine.run("setup");

    expect(status).toBe(1);
    expect(stderr).toMatch(
      /^error: Terraform is missing: Terraform 1\.11 or OpenTofu 1\.10, or newer, is expected; install one .*\n$/,
    );
    expect(machine.listing()).toEqual(before);
  });

  it.each([
    ["Terraform", "1.5.7", "1.11"],
    // As text, 1.9 would be newer than 1.11.
    ["Terraform", "1.9.8", "1.11"],
    ["OpenTofu", "1.8.0", "1.10"],
  ] as const)(
    "names the version of a %s %s that is too old, its place and what is expected",
    (product, version, expected) => {
      const { status, stderr } = machine.hasTerraform(version, product).run("setup");

      expect(status).toBe(1);
      expect(stderr).toMatch(
        new RegExp(
          `^error: ${product} ${version} \\(/.*\\) is too old: ${expected} or newer is expected; install it`,
        ),
      );
      expect(stderr.trim().split("\n")).toHaveLength(1);
    },
  );

  it("reports a Terraform that does not run", () => {
    const { status, stderr } = machine.has("terraform", "exit 127").run("setup");

    expect(status).toBe(1);
    expect(stderr).toContain('does not say its version ("terraform version" failed)');
  });

  it("reports Node and Terraform in one run", () => {
    const { status, stderr } = machine.has("node", "echo v18.19.0").run("setup");

    expect(status).toBe(1);
    expect(stderr).toContain("error: Node.js 18.19.0");
    expect(stderr).toContain("22 or newer is expected");
    expect(stderr).toContain("error: Terraform is missing");
  });
});

describe("NO_INSTALL=1", () => {
  it("names what is missing, changes nothing and ends with 1", () => {
    machine
      .hasTerraform("1.11.4")
      .lacks("dockerd")
      .write("package-lock.json", '{ "packages": { "node_modules/a": { "version": "1.0.0" } } }');
    const before = machine.listing();

    const { status, stdout, stderr } = machine.run("setup", [], { NO_INSTALL: "1" });

    expect(status).toBe(1);
    expect(stdout).toBe("");
    expect(stderr.trim().split("\n")).toEqual([
      "missing: would install the npm packages of package-lock.json (npm ci)",
      "missing: would install docker.io (apt-get)",
      "missing: would build the Terraform provider docker from its Go module (3 min), since registry.terraform.io can't be reached",
      "not checked: base images (this needs the Docker engine)",
    ]);
    expect(machine.listing()).toEqual(before);
  });

  it("ends with 0 where all is there", () => {
    machine.hasTerraform("1.11.4").hasDocker().registryAnswers(200);
    const before = machine.listing();

    expect(machine.run("setup", [], { NO_INSTALL: "1" })).toEqual({
      status: 0,
      stdout: "",
      stderr: "nothing is missing on this machine\n",
    });
    expect(machine.listing()).toEqual(before);
  });

  it("would start an engine that is installed and does not answer", () => {
    machine.hasTerraform("1.11.4").has("docker", '[ "$1 $2" = "context show" ] && echo default || exit 1');

    const { status, stderr } = machine.run("setup", [], { NO_INSTALL: "1" });

    expect(status).toBe(1);
    expect(stderr).toContain("missing: would start the Docker engine");
  });
});

describe("an engine of the user's choice", () => {
  it("is never installed or started", () => {
    machine
      .hasTerraform("1.11.4")
      .has("docker", 'echo "Cannot connect to the Docker daemon at tcp://127.0.0.1:1" >&2; exit 1');
    const before = machine.listing();

    const { status, stderr } = machine.run("setup", [], { DOCKER_HOST: "tcp://127.0.0.1:1" });

    expect(status).toBe(1);
    expect(stderr).toBe(
      "error: the Docker engine of DOCKER_HOST=tcp://127.0.0.1:1 does not answer (Cannot connect to the Docker daemon at tcp://127.0.0.1:1); correct it, or unset it to use an engine on this machine\n",
    );
    expect(machine.listing()).toEqual(before);
  });
});

describe("npm packages", () => {
  const lock = JSON.stringify({
    packages: {
      "": {},
      "node_modules/a": { version: "1.0.0" },
      "node_modules/win": { version: "1.0.0", optional: true },
    },
  });

  it("are not installed again when npm's own record has them", () => {
    machine.hasTerraform("1.11.4").hasDocker().registryAnswers(200);
    machine
      .write(
        "node_modules/.package-lock.json",
        '{ "packages": { "node_modules/a": { "version": "1.0.0" } } }',
      )
      .write("package-lock.json", lock);

    expect(machine.run("setup")).toMatchObject({ status: 0, stderr: "" });
  });

  it("are installed when package-lock.json asks for another version, and only once", () => {
    machine
      .hasTerraform("1.11.4")
      .hasDocker()
      .registryAnswers(200)
      .has("npm", 'echo "npm $*" >>"$HOME/changes"');
    machine
      .write(
        "node_modules/.package-lock.json",
        '{ "packages": { "node_modules/a": { "version": "0.9.0" } } }',
      )
      .write("package-lock.json", lock);

    expect(machine.run("setup")).toMatchObject({
      status: 0,
      stderr: "==> install the npm packages of package-lock.json (npm ci)\n",
    });
    expect(machine.run("setup")).toMatchObject({ status: 0, stderr: "" });
  });
});
