import { type InspectedContainer, attributesOf } from "../../../cli/recovery/adoption";
import type { StackContainer } from "../../../cli/terraform/stack-file";

const wanted: StackContainer = {
  address: "docker_container.web",
  role: "web",
  task: false,
  environment: ["PYTHONUNBUFFERED=1", "B=2"],
  labels: { "django-deployment.role": "web" },
};

const container: InspectedContainer = {
  Config: {
    Env: ["PYTHONUNBUFFERED=1", "PATH=/usr/bin", "B=2", "A=by hand"],
    Labels: { "django-deployment.role": "web", maintainer: "nginx", mine: "1" },
  },
  HostConfig: {
    LogConfig: { Config: { "max-size": "10m" } },
    PortBindings: { "8080/tcp": [{ HostIp: "", HostPort: "80" }], "53/udp": null },
  },
};

const image = {
  Config: {
    Env: ["PATH=/usr/bin", "PYTHONUNBUFFERED=1"],
    Labels: { maintainer: "nginx", "django-deployment.role": "web" },
  },
};

describe("a container that is taken over", () => {
  const attributes = attributesOf(container, image, wanted);

  it("has the environment that is its own: what the code says, and what else is there beyond the image's", () =>
    expect(attributes["env"]).toEqual(["A=by hand", "B=2", "PYTHONUNBUFFERED=1"]));

  it("has the labels that are its own", () =>
    expect(attributes["labels"]).toEqual([
      { label: "django-deployment.role", value: "web" },
      { label: "mine", value: "1" },
    ]));

  it("has its ports and the options of its log", () => {
    expect(attributes["ports"]).toEqual([{ internal: 8080, external: 80, ip: "0.0.0.0", protocol: "tcp" }]);
    expect(attributes["log_opts"]).toEqual({ "max-size": "10m" });
  });

  it("may have nothing of all that", () =>
    expect(
      attributesOf(
        {
          Config: { Env: null, Labels: null },
          HostConfig: { LogConfig: { Config: null }, PortBindings: null },
        },
        { Config: { Env: null, Labels: null } },
        wanted,
      ),
    ).toEqual({ env: [], labels: [], log_opts: {}, ports: [] }));
});
