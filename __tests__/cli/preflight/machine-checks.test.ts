import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { parseListener, portState } from "../../../cli/preflight/ports";
import { engineProblem } from "../../../cli/preflight/preflight";
import { isAtLeast, parseTerraformVersion } from "../../../cli/computer/version";

describe("a version", () => {
  it.each([
    ['{"terraform_version":"1.11.4","platform":"linux_amd64"}', "1.11.4"],
    ['{"terraform_version":"1.10.0-rc1"}', "1.10.0-rc1"],
    ["Terraform v1.11.4", undefined],
    ["{}", undefined],
    ["", undefined],
  ])("is read from %s", (json, version) => expect(parseTerraformVersion(json)).toBe(version));

  it.each([
    ["1.10", "1.10", true],
    ["1.11.4", "1.10", true],
    ["2.0.0", "1.10", true],
    ["1.9.8", "1.10", false],
    ["1.10.0-rc1", "1.10", true],
    ["1.10.0", "1.10.1", false],
    ["unknown", "1.10", false],
  ])("%s is at least %s: %s", (have, want, yes) => expect(isAtLeast(have, want)).toBe(yes));
});

describe("a port", () => {
  it.each([
    ['LISTEN 0 511 127.0.0.1:8080 0.0.0.0:* users:(("python3",pid=12,fd=3))', "python3 (process 12)"],
    ['LISTEN 0 511 *:80 *:* users:(("nginx",pid=7,fd=6),("nginx",pid=8,fd=6))', "nginx (process 7)"],
    ["LISTEN 0 511 127.0.0.1:8080 0.0.0.0:*", undefined],
    ["", undefined],
  ])("is held by whom ss names: %s", (text, holder) => expect(parseListener(text)).toBe(holder));

  it("is taken while somebody listens, and free afterwards", async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as AddressInfo;
    expect(await portState("127.0.0.1", port)).toBe("taken");
    await new Promise((resolve) => server.close(resolve));
    expect(await portState("127.0.0.1", port)).toBe("free");
  });

  it("can't be had on an address of another machine", async () =>
    expect(await portState("192.0.2.1", 8080)).toBe("no such address"));
});

describe("an engine that can't be reached", () => {
  const outcome = { status: 1, stdout: "", missing: false };

  it.each([
    [{ ...outcome, missing: true, stderr: "" }, undefined, /^Docker$/, /tools\/setup/],
    [
      { ...outcome, stderr: "permission denied while trying to connect to the Docker daemon socket" },
      undefined,
      /^the Docker engine$/,
      /usermod -aG docker/,
    ],
    [
      { ...outcome, stderr: "Cannot connect to the Docker daemon at unix:///var/run/docker.sock." },
      undefined,
      /^the Docker engine$/,
      /tools\/setup/,
    ],
    [
      { ...outcome, stderr: "error during connect: no route to host" },
      "ssh://host",
      /^the Docker engine$/,
      /DOCKER_HOST or local\.dockerHost.*no route to host/,
    ],
  ])("%j is told with what to do", (found, host, place, fix) => {
    const problem = engineProblem(found, host);
    expect(problem.place).toMatch(place);
    expect(problem.fix).toMatch(fix);
  });
});
