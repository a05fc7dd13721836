import type { Service } from "../../../application/service";
import { Containers } from "../../../constructs/docker/containers";
import { Files } from "../../../constructs/files";
import { Images } from "../../../constructs/docker/images";
import { type Properties, type StackJson, addressesOf, resourceAt } from "../../support/assertions";
import { applicationWith, plainService } from "../../support/services";
import { stackWith } from "../../support/synthesis";

function stackOf(...services: Service[]): StackJson {
  return stackWith((scope) => {
    new Containers(scope, "containers", {
      application: applicationWith(...services),
      services,
      files: new Files({ root: "/program", outdir: "/program/cdktf.out" }),
      images: new Images(scope, "images", { application: "guestbook" }),
    });
  });
}

function containerOf(service: Service): Properties {
  return resourceAt(stackOf(service), `docker_container.${service.role}`);
}

const task: Service = { ...plainService, kind: "task", role: "migrate", failure: "Nothing was changed." };

describe("a service's container", () => {
  it("starts before the old one stops, and keeps the name that the engine gave it", () =>
    expect(containerOf(plainService)["lifecycle"]).toEqual({
      create_before_destroy: true,
      ignore_changes: ["name"],
    }));

  it("is replaced by stopping the old one first when there can be only one", () =>
    expect(containerOf({ ...plainService, singleton: true })).not.toHaveProperty("lifecycle"));

  it("is waited for when it has a time in which to become healthy", () => {
    expect(containerOf({ ...plainService, startTimeout: 120 })).toMatchObject({
      wait: true,
      wait_timeout: 120,
    });
    expect(containerOf(plainService)).toMatchObject({ wait: false });
    expect(containerOf(plainService)).not.toHaveProperty("wait_timeout");
  });
});

describe("several containers of one service", () => {
  it("are one resource that is there so often", () => {
    expect(containerOf({ ...plainService, copies: 3 })).toMatchObject({ count: 3, name: "" });
    expect(containerOf(plainService)).not.toHaveProperty("count");
  });
});

describe("a task's container", () => {
  it("runs to its end, and stops the release when it fails", () =>
    expect(containerOf(task)).toMatchObject({
      attach: true,
      must_run: false,
      restart: "no",
      lifecycle: {
        ignore_changes: ["name"],
        postcondition: [
          {
            condition: "${coalesce(self.exit_code, -1) == 0}",
            error_message: "Nothing was changed. It said why: docker logs ${self.id}",
          },
        ],
      },
    }));
});

describe("Containers", () => {
  const web: Service = { ...plainService, dependsOn: [{ role: "migrate", condition: "completed" }] };
  const nginx: Service = { ...plainService, role: "nginx", singleton: true };
  const config: Service = {
    ...plainService,
    role: "nginx-config",
    kind: "task",
    processesOf: "nginx",
    dependsOn: [
      { role: "nginx", condition: "started" },
      { role: "web", condition: "healthy" },
      { role: "database", condition: "healthy" },
    ],
  };
  const stack = stackOf(task, web, nginx, config);

  it("makes one container for each service and one image for all that share it", () =>
    expect(addressesOf(stack)).toEqual([
      "docker_container.migrate",
      "docker_container.nginx",
      "docker_container.nginx_config",
      "docker_container.web",
      "docker_image.nginx_image",
      "var.nginx_image",
    ]));

  it("starts each one after those that it depends on, as far as they are in this stack", () => {
    expect(resourceAt(stack, "docker_container.migrate")["depends_on"]).toEqual([]);
    expect(resourceAt(stack, "docker_container.web")["depends_on"]).toEqual(["docker_container.migrate"]);
    expect(resourceAt(stack, "docker_container.nginx_config")["depends_on"]).toEqual([
      "docker_container.nginx",
      "docker_container.web",
    ]);
  });

  it("joins process namespaces by the container's id, so that a new nginx is signalled by a new task", () =>
    expect(resourceAt(stack, "docker_container.nginx_config")["pid_mode"]).toBe(
      "container:${docker_container.nginx.id}",
    ));
});
