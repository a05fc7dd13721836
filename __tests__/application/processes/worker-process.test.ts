import { objectName, serviceOf } from "../../../application/application";
import { applicationOf } from "../../../application/model";
import { onHost } from "../../../application/on-host";
import { workerProcess } from "../../../application/processes/worker-process";
import { definitionsOf, memoryShares } from "../../../application/registry/queries";
import { stackOf } from "../../../application/renderings/stack-file";
import { secretsOf } from "../../../application/secrets";
import type { Service } from "../../../application/service";
import type { Deployment, Process } from "../../../config/deployment";
import { loggedOf } from "../../../cli/commands/local/logs";
import { describeStatus, readStatus } from "../../../cli/commands/local/status";
import { container } from "../../cli/support/engine";
import { type Properties, addressesOf, resourceAt } from "../../support/assertions";
import { ROOT, guestbook, guestbookInDevelopment, guestbookOnHost } from "../../support/guestbook";
import { synthesized } from "../../support/synthesis";

const WORKER: Process = {
  name: "worker",
  command: ["python", "manage.py", "work", "two words"],
  memory: 256,
  stopGrace: 90,
  count: 2,
  singleton: false,
};
const BEAT: Process = {
  ...WORKER,
  name: "beat",
  command: ["python", "manage.py", "beat"],
  memory: 130,
  count: 1,
  singleton: true,
};

function withProcesses(deployment: Deployment, ...processes: Process[]): Deployment {
  const shares = Object.fromEntries(processes.map(({ name, memory }) => [name, memory]));
  return { ...deployment, processes, memory: { ...deployment.memory, ...shares } };
}

const deployment = withProcesses(guestbook, WORKER, BEAT);
const application = applicationOf(deployment);
const developed = applicationOf(withProcesses(guestbookInDevelopment, WORKER, BEAT));

const service = (role: string): Service => serviceOf(application, role);
const waitsFor = (role: string, of = application): string[] =>
  serviceOf(of, role).dependsOn.map((one) => `${one.role} ${one.condition}`);

describe("a process", () => {
  it("is a command on the application's image, hardened as web is, without port and traffic", () => {
    const { environment, dependsOn, ...worker } = service("worker");
    const web = service("web");
    expect(worker).toEqual({
      role: "worker",
      kind: "process",
      stack: "local",
      configured: true,
      judge: "soaked",
      image: web.image,
      workingDirectory: "/app",
      command: ["python", "manage.py", "work", "two words"],
      mounts: [
        { type: "volume", volume: "secrets", target: "/run/secrets", readOnly: true },
        { type: "tmpfs", target: "/tmp", size: 64, mode: "1777" },
        { type: "volume", volume: "static", target: "/app/staticfiles", readOnly: true },
        { type: "volume", volume: "media", target: "/app/media", readOnly: false },
      ],
      files: [],
      ports: [],
      networked: true,
      user: "10001:10001",
      capabilities: [],
      readOnly: true,
      init: true,
      memory: 256,
      processes: web.processes,
      singleton: false,
      copies: 2,
      stopGrace: 90,
      healthCheck: {
        command: ["/opt/deployment/bin/stayed-up", "5"],
        interval: 5,
        timeout: 10,
        retries: 60,
        startPeriod: 120,
      },
      startTimeout: 120,
      revisions: {},
    });
    expect(dependsOn).toEqual([{ role: "migrate", condition: "completed" }]);
    expect(environment).toEqual(
      Object.fromEntries(Object.entries(web.environment).filter(([name]) => !name.startsWith("WEB_"))),
    );
  });

  it("reads the secrets that web reads", () =>
    expect(secretsOf(application, "worker").map(({ name }) => name)).toEqual(
      secretsOf(application, "web").map(({ name }) => name),
    ));

  it("is made anew when the secret environment has changed", () => {
    const project = { ...guestbook.project, envFile: { path: "/project/.env", hash: "abc" } };
    expect(serviceOf(applicationOf({ ...deployment, project }), "worker").revisions).toEqual({ env: "abc" });
  });

  it("is judged by the soak and the time of web", () => {
    const web = { ...guestbook.web, soak: 20, startTimeout: 60 };
    expect(serviceOf(applicationOf({ ...deployment, web }), "worker")).toMatchObject({
      healthCheck: { command: ["/opt/deployment/bin/stayed-up", "20"], interval: 5, startPeriod: 60 },
      startTimeout: 60,
    });
    const short = { ...guestbook.web, soak: 2 };
    expect(serviceOf(applicationOf({ ...deployment, web: short }), "worker").healthCheck).toMatchObject({
      command: ["/opt/deployment/bin/stayed-up", "2"],
      interval: 2,
    });
  });

  it("has a quarter of its memory for /tmp", () =>
    expect(service("beat").mounts).toContainEqual({ type: "tmpfs", target: "/tmp", size: 32, mode: "1777" }));
});

describe("the definitions", () => {
  it("are those of the list, and one for each process", () => {
    const names = definitionsOf(deployment).map(({ name }) => name);
    expect(names.slice(-2)).toEqual(["worker", "beat"]);
    expect(definitionsOf(guestbook).map(({ name }) => name)).toEqual(names.slice(0, -2));
  });

  it("ask for the memory of all that runs in a release: twice what overlaps, a singleton once", () => {
    const fixed = memoryShares({ processes: [WORKER, BEAT], jobs: [] }).filter((share) => share.fixed);
    expect(fixed).toMatchObject([
      { name: "worker", copies: 4, least: 256 },
      { name: "beat", copies: 1, least: 130 },
    ]);
    expect(fixed.map(({ of }) => of?.(100_000, 200_000))).toEqual([256, 130]);
  });

  it("are the same for the same process", () =>
    expect(JSON.stringify(workerProcess(WORKER))).toBe(JSON.stringify(workerProcess({ ...WORKER }))));

  it("refuse two of one name", () =>
    expect(() => applicationOf(withProcesses(guestbook, WORKER, WORKER))).toThrow(
      'two definitions have the name "worker"',
    ));
});

describe("in a release", () => {
  it("web gets its traffic when the processes stay up; a singleton waits for no process, and none for it", () => {
    expect(waitsFor("web")).toEqual(["migrate completed", "worker healthy"]);
    expect(waitsFor("beat")).toEqual(["migrate completed"]);
    const order = ["migrate", "worker", "web", "beat"];
    expect(application.services.map(({ role }) => role).filter((role) => order.includes(role))).toEqual(
      order,
    );
  });

  it("without processes all is as before", () => {
    const roles = ["worker", "beat"];
    const rest = application.services.filter(({ role }) => !roles.includes(role));
    expect(
      rest.map((one) => (one.role === "web" ? { ...one, dependsOn: one.dependsOn.slice(0, 1) } : one)),
    ).toEqual(applicationOf(guestbook).services);
  });
});

describe("in the profile development", () => {
  it("there is one container of each, of a fixed name, on the mounted source", () => {
    for (const role of ["worker", "beat"]) {
      expect(serviceOf(developed, role)).toMatchObject({ singleton: true, copies: 1, ports: [] });
      expect(serviceOf(developed, role).mounts).toContainEqual({
        type: "bind",
        source: guestbook.project.folder,
        target: "/app",
        readOnly: false,
      });
    }
    expect(serviceOf(developed, "worker").command).toEqual([
      "/opt/deployment/bin/develop-process",
      ...WORKER.command,
    ]);
    expect(serviceOf(developed, "worker").environment["DJANGO_SETTINGS_MODULE"]).toBe("config.settings.dev");
  });

  it("they wait for no other process: their command waits for web's migrations", () => {
    const processes = developed.services.filter(({ kind }) => kind === "process").map(({ role }) => role);
    expect(processes.toSorted()).toEqual(["beat", "web", "worker"]);
    for (const role of processes) {
      const others = serviceOf(developed, role).dependsOn.map((one) => one.role);
      expect(others).toEqual(expect.arrayContaining(["secrets", "database"]));
      expect(others.filter((other) => processes.includes(other))).toEqual([]);
    }
  });
});

describe("under Terraform", () => {
  const stack = synthesized(deployment).stack("local");
  const resource = (role: string): Properties => resourceAt(stack, `docker_container.${role}`);

  it("each process is one resource more, and nothing else is", () => {
    const before = addressesOf(synthesized(guestbook).stack("local"));
    expect(addressesOf(stack).filter((address) => !before.includes(address))).toEqual([
      "docker_container.beat",
      "docker_container.worker",
    ]);
    expect(before.filter((address) => !addressesOf(stack).includes(address))).toEqual([]);
  });

  it("a process is so many containers, whose successors come first", () => {
    expect(resource("worker")).toMatchObject({
      count: 2,
      name: "",
      image: "${docker_image.web_image.image_id}",
      command: WORKER.command,
      lifecycle: { create_before_destroy: true, ignore_changes: ["name"] },
      wait: true,
      wait_timeout: 120,
      depends_on: ["docker_container.migrate"],
      ...{ init: true, read_only: true, memory: 256, memory_swap: 256, restart: "always" },
      ...{ stop_timeout: 90, destroy_grace_seconds: 90, ports: [], network_mode: "guestbook" },
      capabilities: { drop: ["ALL"], add: [] },
      security_opts: ["no-new-privileges"],
    });
    expect(resource("web")["depends_on"]).toEqual(["docker_container.migrate", "docker_container.worker"]);
  });

  it("a singleton has a fixed name, and goes before its successor", () => {
    expect(resource("beat")).toMatchObject({ count: 1, name: objectName(guestbook, "beat") });
    expect(resource("beat")).not.toHaveProperty("lifecycle");
    expect(resource("beat")["depends_on"]).toEqual(["docker_container.migrate"]);
  });

  it("their containers say that deployment.ts names them; web's don't", () => {
    const labels = (role: string): unknown =>
      (resource(role)["labels"] as { label: string }[]).map(({ label }) => label);
    expect(labels("worker")).toContain("django-deployment.kind");
    expect(labels("web")).not.toContain("django-deployment.kind");
  });
});

it("under Compose a process is so many containers, too", () => {
  const { services } = synthesized(deployment).compose();
  expect(services["worker"]).toMatchObject({ scale: 2, restart: "always", stop_grace_period: "90s" });
  expect(services["beat"]).toMatchObject({
    scale: 1,
    networks: { default: { aliases: ["guestbook-beat"] } },
  });
  expect(services["web"]).not.toHaveProperty("scale");
  expect(services["web"]?.["depends_on"]).toEqual({
    migrate: { condition: "service_completed_successfully" },
    worker: { condition: "service_healthy" },
  });
});

describe("in the Swarm", () => {
  const { host } = guestbookOnHost(ROOT);
  if (!host) throw new Error("the fixture has a host");
  const shares = { ...host.budget.shares, worker: 256, beat: 130 };
  const stack = stackOf(
    applicationOf(onHost(deployment, { ...host, budget: { ...host.budget, shares } })),
  ) as {
    services: Record<string, Properties>;
  };

  it("a process overlaps with its successor, all containers at once, and is taken back as web is", () => {
    const { deploy, ...worker } = stack.services["worker"] ?? {};
    const web = stack.services["web"]?.["deploy"] as Properties;
    expect(deploy).toMatchObject({
      replicas: "${WORKER_REPLICAS:-2}",
      resources: { limits: { memory: "256m" } },
      restart_policy: web["restart_policy"],
      update_config: { ...(web["update_config"] as object), parallelism: 0 },
      rollback_config: { ...(web["rollback_config"] as object), parallelism: 0 },
    });
    expect(worker).toMatchObject({
      command: WORKER.command,
      stop_grace_period: "90s",
      secrets: stack.services["web"]?.["secrets"],
      healthcheck: { test: ["CMD", "/opt/deployment/bin/stayed-up", "5"] },
    });
    expect(worker).not.toHaveProperty("ports");
  });

  it("a singleton stops before its successor starts", () =>
    expect(stack.services["beat"]?.["deploy"]).toMatchObject({
      replicas: "${BEAT_REPLICAS:-1}",
      update_config: { order: "stop-first", failure_action: "rollback" },
      rollback_config: { order: "stop-first" },
    }));

  it("one container is rolled exactly as web's is", () => {
    const one = stackOf(
      applicationOf(
        onHost(withProcesses(guestbook, { ...WORKER, count: 1 }), {
          ...host,
          budget: { ...host.budget, shares },
        }),
      ),
    ) as typeof stack;
    const configOf = (role: string): unknown =>
      (one.services[role]?.["deploy"] as Properties)["update_config"];
    expect(configOf("worker")).toEqual(configOf("web"));
  });
});

it("status shows each of its containers, in the order in which the services start", async () => {
  const containers = [
    ...[container("beat"), container("web")],
    ...[container("worker"), container("worker", { id: "worker-2", restarts: 4 })],
  ];
  const docker = {
    containers: () => Promise.resolve(containers),
    handOver: () => Promise.resolve({ releases: new Map() }),
    volumes: () => Promise.resolve([]),
  } as unknown as Parameters<typeof readStatus>[0]["docker"];
  const found = await readStatus({ application, deployment, docker });
  expect(found.containers.map(({ role, id }) => `${role} ${id}`)).toEqual([
    ...["worker worker-1", "worker worker-2", "web web-1", "beat beat-1"],
  ]);
  expect(describeStatus(found)).toContain("running, healthy, 4 restarts");
});

it("its logs are shown when they are asked for", () => {
  const containers = [container("worker"), container("web"), container("nginx")];
  expect(loggedOf(containers, "worker").map(({ role }) => role)).toEqual(["worker"]);
  expect(loggedOf(containers).map(({ role }) => role)).toEqual(["web", "nginx"]);
});
