import { existsSync } from "node:fs";
import { join } from "node:path";
import { serviceOf } from "../../../application/application";
import { applicationOf } from "../../../application/model";
import { NGINX_FILES } from "../../../application/tasks/nginx-configuration";
import { guestbook, ROOT } from "../../support/guestbook";

const application = applicationOf(guestbook);

describe("nginx", () => {
  it("reads what it serves, and writes nothing but its connection to web", () =>
    expect(
      serviceOf(application, "nginx")
        .mounts.filter((mount) => mount.type === "volume")
        .map(({ volume, readOnly }) => [volume, readOnly]),
    ).toEqual([
      ["nginx", true],
      ["run", false],
      ["static", true],
      ["media", true],
    ]));

  it("has memory for the largest bodies that it takes in", () => {
    const large = { ...guestbook, proxy: { ...guestbook.proxy, bodySize: 100 } };
    expect(serviceOf(applicationOf(large), "nginx").memory).toBe(128 + 400);
  });
});

describe("the task that applies nginx's configuration", () => {
  const task = serviceOf(application, "nginx-config");
  const check = serviceOf(application, "nginx-check");

  it("gets only files that there are", () =>
    expect(NGINX_FILES.filter((file) => !existsSync(join(ROOT, "assets", "nginx", file)))).toEqual([]));

  it("signals nginx, and is checked beforehand with the same files and values", () => {
    expect(task.processesOf).toBe("nginx");
    expect(check.files).toEqual(task.files);
    expect(check.environment).toEqual(task.environment);
    expect(check.processesOf).toBeUndefined();
  });

  it("waits for Django longer than gunicorn does, so that gunicorn says what happened", () =>
    expect(Number(task.environment["NGINX_READ_TIMEOUT"])).toBeGreaterThan(guestbook.web.timeout));

  it("fills in every value of the deployment", () =>
    expect(task.environment).toMatchObject({
      NGINX_SERVER_NAMES: "localhost 127.0.0.1",
      NGINX_PORT: "8080",
      NGINX_BODY_SIZE: "20m",
      NGINX_STATIC_URL: "/static/",
      NGINX_MEDIA_URL: "/media/",
      NGINX_RATE: "200",
      NGINX_CONNECTIONS: "200",
      NGINX_WORKER_CONNECTIONS: "1024",
    }));
});
