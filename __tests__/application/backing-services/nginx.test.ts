import { existsSync } from "node:fs";
import { join } from "node:path";
import { serviceOf } from "../../../application/application";
import { applicationOf } from "../../../application/model";
import { onHost } from "../../../application/on-host";
import { NGINX_FILES, bodiesAtOnce } from "../../../application/tasks/nginx-configuration";
import type { Deployment } from "../../../config/deployment";
import { guestbook, guestbookOnHost, ROOT } from "../../support/guestbook";

const application = applicationOf(guestbook);

function withBodySize(bodySize: number): Deployment {
  return { ...guestbook, proxy: { ...guestbook.proxy, bodySize } };
}

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

  it("has no size of a body in its container", () =>
    expect(serviceOf(applicationOf(withBodySize(100)), "nginx")).toEqual(serviceOf(application, "nginx")));

  it("has room in memory for parts of answers, which counts beside its share", () => {
    const { memory, mounts } = serviceOf(application, "nginx");
    expect(memory).toBe(128 + 80);
    expect(mounts.filter(({ type }) => type === "tmpfs")).toEqual([
      { type: "tmpfs", target: "/tmp", size: 80, mode: "1777" },
      { type: "tmpfs", target: "/var/cache/nginx", size: 16, mode: "1777" },
    ]);
  });

  it("is published at one port of this computer, and on a host at that of https, too", () => {
    const onMachine = guestbookOnHost("/srv");
    if (!onMachine.host) throw new Error("the fixture has a host");
    expect(serviceOf(application, "nginx").ports).toEqual([
      { address: "127.0.0.1", external: 8080, internal: 8080 },
    ]);
    expect(serviceOf(applicationOf(onHost(onMachine, onMachine.host)), "nginx").ports).toEqual([
      { address: "0.0.0.0", external: 80, internal: 8080 },
      { address: "0.0.0.0", external: 443, internal: 8443 },
    ]);
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

  it("takes in as many bodies at once as fit 2 GiB of disk, and four in any case", () => {
    expect([1, 20, 100, 512, 10_240].map(bodiesAtOnce)).toEqual([1536, 76, 15, 4, 4]);
    const { environment } = serviceOf(applicationOf(withBodySize(100)), "nginx-config");
    expect(environment).toMatchObject({ NGINX_BODY_SIZE: "100m", NGINX_BODIES_AT_ONCE: "15" });
  });

  it("has the bodies on a volume that nginx writes to", () => {
    const folder = task.environment["NGINX_BODIES"] ?? "";
    const mounted = serviceOf(application, "nginx").mounts.find(({ target }) =>
      folder.startsWith(`${target}/`),
    );
    expect(mounted).toMatchObject({ type: "volume", volume: "run", readOnly: false });
  });

  it("fills in every value of the deployment", () =>
    expect(task.environment).toMatchObject({
      NGINX_SERVER_NAMES: "localhost 127.0.0.1",
      NGINX_PORT: "8080",
      NGINX_BODY_SIZE: "20m",
      NGINX_STATIC_URL: "/static/",
      NGINX_MEDIA_URL: "/media/",
      NGINX_RATE: "200",
      NGINX_LOGIN_RATE: "20",
      NGINX_LOGIN_PATHS: "/accounts/login",
      NGINX_CONNECTIONS: "200",
      NGINX_TRUSTED: "",
      NGINX_STATIC_LOG: "0",
      NGINX_WORKER_CONNECTIONS: "1024",
    }));

  it("has the paths of log-ins as a regular expression, each once", () => {
    const loginPaths = ["/members/v1.0/enter/", "/accounts/login/", "/enter"];
    const model = applicationOf({ ...guestbook, proxy: { ...guestbook.proxy, loginPaths } });
    expect(serviceOf(model, "nginx-config").environment["NGINX_LOGIN_PATHS"]).toBe(
      "/accounts/login|/members/v1\\.0/enter|/enter",
    );
  });
});
