import { Machine } from "./machine";

let machine: Machine;
beforeEach(() => {
  machine = new Machine();
});
afterEach(() => machine.remove());

const remembered = () =>
  JSON.parse(machine.read(".deployment/machine.json")) as { images: object; caBundle?: string };

it("names each version that can't be had, and those which can, in one run", () => {
  machine.hasDocker();
  const before = machine.listing();

  const { status, stderr } = machine.run("base-images", ["python=3.12", "nginx=1.28", "mariadb=11.8"]);

  expect(status).toBe(1);
  expect(stderr.trim().split("\n")).toEqual([
    expect.stringMatching(
      /^error: python 3\.12: no image registry can be reached from here, and Debian's packages have only python 3\.13, 3\.11, 3\.9; .*python:3\.12-slim/,
    ),
    expect.stringMatching(/^error: nginx 1\.28: .* only nginx 1\.30, 1\.26, 1\.22; .*nginx:1\.28/),
  ]);
  expect(machine.listing()).toEqual(before);
});

it("refuses arguments that it does not know", () => {
  const { status, stderr } = machine.hasDocker().run("base-images", ["redis=7", "python=new"]);

  expect(status).toBe(2);
  expect(stderr).toContain(
    'error: argument "redis=7": expected python=VERSION, nginx=VERSION or mariadb=VERSION',
  );
  expect(stderr).toContain('error: argument "python=new"');
});

it("says that the engine does not answer", () => {
  const { status, stderr } = machine.has("docker", "exit 1").run("base-images");

  expect(status).toBe(1);
  expect(stderr).toMatch(/^error: the Docker engine does not answer; start it/);
});

it("uses official images where a registry answers, whatever the version", () => {
  machine.hasDocker().registryAnswers(401);

  expect(machine.run("base-images", ["python=3.12"])).toMatchObject({ status: 0, stderr: "" });
  expect(remembered().images).toEqual({});
});

it("prefers official images that the engine holds to images built here", () => {
  machine.hasDocker(
    '["python:3.13-slim"] {}',
    '["django-deployment/python:3.13"] {"django-deployment.base-image":"of another time"}',
    '["nginx:1.30"] null',
    '["mariadb:11.8"] {}',
  );
  machine.write(".deployment/machine.json", '{ "images": { "python": "django-deployment/python:3.13" } }');

  expect(machine.run("base-images")).toMatchObject({ status: 0, stderr: "" });
  expect(remembered().images).toEqual({});
});

it("would build anew what was made of other inputs (NO_INSTALL=1)", () => {
  machine.hasDocker(
    '["nginx:1.30"] {}',
    '["mariadb:11.8"] {}',
    '["django-deployment/python:3.13"] {"django-deployment.base-image":"0"}',
  );

  expect(machine.run("base-images", [], { NO_INSTALL: "1" })).toEqual({
    status: 1,
    stdout: "",
    stderr:
      "missing: would build django-deployment/python:3.13 from Debian trixie's packages, since no image registry can be reached\n",
  });
});

it("remembers the bundle that pip trusts here for official images, if it holds more than the distribution's", () => {
  machine
    .hasDocker()
    .registryAnswers(401)
    .write("ca.pem", "-----BEGIN CERTIFICATE-----\nb2YgdGhpcyBtYWNoaW5l\n-----END CERTIFICATE-----\n");
  const bundle = `${machine.project}/ca.pem`;

  machine.run("base-images", [], { PIP_CERT: bundle });

  expect(remembered().caBundle).toBe(bundle);
});

it("leaves alone what it was not asked for", () => {
  machine.hasDocker('["nginx:1.22"] {}');
  const images = { python: "django-deployment/python:3.11", nginx: "django-deployment/nginx:1.26" };
  machine.write(".deployment/machine.json", JSON.stringify({ images }));

  expect(machine.run("base-images", ["nginx=1.22"])).toMatchObject({ status: 0, stderr: "" });
  expect(remembered()).toEqual({ images: { python: images.python } });
});
