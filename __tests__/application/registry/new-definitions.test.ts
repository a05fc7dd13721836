import { join } from "node:path";
import { parse } from "yaml";
import { serviceOf } from "../../../application/application";
import { composeOf } from "../../../application/renderings/compose";
import type * as definitions from "../../../application/registry/definitions";
import { applicationOf } from "../../../application/model";
import { onHost } from "../../../application/on-host";
import { memoryShares, rolesThat } from "../../../application/registry/queries";
import { stackOf } from "../../../application/renderings/stack-file";
import { pinnedImages } from "../../../cli/preflight/base-images";
import { removalOrder } from "../../../cli/deploy/removal";
import { loggedOf } from "../../../cli/commands/local/logs";
import { describeStatus, readStatus } from "../../../cli/commands/local/status";
import { type Recovery, decideRecovery } from "../../../cli/recovery/recovery";
import { memoryBudget } from "../../../config/memory-budget";
import { releaseSettings } from "../../../pipeline/release-settings";
import { RELEASE_STEPS } from "../../../rehearsal/faults/kill";
import { deployAssets } from "../../../synth/repository/deploy-assets";
import { container, ended, known, wanted } from "../../cli/support/engine";
import { deploymentOf } from "../../support/arbitraries";
import { deploymentSchema } from "../../../config/schema";
import { ROOT, guestbookOnHost } from "../../support/guestbook";
import type * as fakes from "../../support/fakes";
import { type StackName, synthesized } from "../../support/synthesis";

// All that an author of a new container edits, beside its own file: the list.
jest.mock("../../../application/registry/definitions", () => {
  const { DEFINITIONS } = jest.requireActual<typeof definitions>("../../../application/registry/definitions");
  const mine = jest.requireActual<typeof fakes>("../../support/fakes");
  return { DEFINITIONS: [...DEFINITIONS, mine.cache, mine.worker, mine.warm, mine.tidy] };
});

const deployment = deploymentOf(deploymentSchema.parse({ project: { folder: "examples/guestbook" } }));
const application = applicationOf(deployment);
const { host } = guestbookOnHost(ROOT);
if (!host) throw new Error("the fixture has a host");
const hosted = onHost(deployment, {
  ...host,
  budget: { ...host.budget, shares: { ...host.budget.shares, cache: 64, worker: 96, tidy: 64 } },
});
const onItsHost = applicationOf(hosted);

/** What this test knows: the program may have more. */
const KNOWN = [
  ...["holder", "secrets", "database", "nginx", "nginx-check", "migrate", "web", "nginx-config"],
  ...["cache", "worker", "warm", "tidy"],
];
const isKnown = (role: string): boolean => KNOWN.includes(role);

describe("a new backing service, process, task and job, in a file each and a line of the list", () => {
  it("start in the order that follows from what they wait for", () => {
    expect(application.services.map(({ role }) => role).filter(isKnown)).toEqual([
      "holder",
      "secrets",
      "database",
      "cache",
      "nginx",
      "nginx-check",
      "migrate",
      "warm",
      "web",
      "nginx-config",
      "worker",
      "tidy",
    ]);
    const before = (role: string): string[] =>
      serviceOf(application, role).dependsOn.map((one) => `${one.role} ${one.condition}`);
    expect(before("migrate")).toEqual(
      expect.arrayContaining([
        "secrets completed",
        "database healthy",
        "cache healthy",
        "nginx-check completed",
      ]),
    );
    // The last task before the processes; the others are done by then.
    expect([before("web"), before("worker")]).toEqual([["warm completed"], ["warm completed"]]);
  });

  it("are told to Django, and Django's other containers get the same", () => {
    for (const role of ["web", "worker", "migrate", "warm", "tidy"])
      expect(serviceOf(application, role).environment).toMatchObject({
        DATABASE_HOST: "guestbook-database",
        CACHE_URL: "redis://guestbook-cache:6379/0",
        CACHE_PASSWORD_FILE: "/run/secrets/cache_password",
        DEPLOYMENT_READ_FROM_FILES: "DATABASE_PASSWORD CACHE_PASSWORD SECRET_KEY DJANGO_SECRET_KEY",
      });
  });

  it("share the machine's memory with the others", () => {
    expect(deployment.memory).toMatchObject({ cache: 64, worker: 96, tidy: 64 });
    const small = memoryBudget({ memory: 1024, processors: 2 }, { shares: {}, uploads: 80 }, memoryShares());
    // A machine of 1 GiB has no room for them.
    expect(small).toBeUndefined();
  });

  it("are in Terraform's stacks: volumes and images too", () => {
    const synthesis = synthesized(deployment);
    const of = (stack: StackName, type: string): string[] =>
      Object.keys(synthesis.stack(stack).resource?.[type] ?? {});
    const resource = (stack: StackName, type: string, id: string): Record<string, unknown> =>
      synthesis.stack(stack).resource?.[type]?.[id] ?? {};
    expect(of("local-data", "docker_volume")).toContain("cachedata");
    expect(resource("local-data", "docker_volume", "cachedata")).toMatchObject({
      name: "guestbook-cachedata",
      lifecycle: { prevent_destroy: true },
    });
    expect(of("local-database", "docker_container").filter(isKnown)).toEqual([
      ...["cache", "database", "secrets"],
    ]);
    expect(of("local-database", "docker_image")).toContain("valkey_image");
    expect(synthesis.stack("local-database").variable?.["valkey_image"]).toMatchObject({
      default: "valkey/valkey:8.1",
    });
    expect(resource("local-database", "docker_container", "cache")).toMatchObject({
      name: "guestbook-cache",
      memory: 64,
      wait: true,
      wait_timeout: 60,
      depends_on: ["docker_network.network", "docker_container.secrets"],
    });
    expect(of("local", "docker_container")).toEqual(expect.arrayContaining(["warm", "worker"]));
    // A job runs when its time has come: nothing makes it beforehand.
    expect(of("local", "docker_container")).not.toContain("tidy");
    expect(resource("local", "docker_container", "warm")).toMatchObject({ attach: true, memory: 256 });
    expect(resource("local", "docker_container", "worker")).toMatchObject({
      memory: 96,
      lifecycle: { create_before_destroy: true },
      depends_on: ["docker_container.warm"],
    });
    const { services, volumes } = synthesis.compose();
    expect(Object.keys(services)).toEqual(application.services.map(({ role }) => role));
    expect(Object.keys(volumes)).toContain("cachedata");
    expect(services["web"]?.["depends_on"]).toEqual({
      warm: { condition: "service_completed_successfully" },
    });
  });

  it("are prepared, and kept in use, like all that holds data", () => {
    const targets = (role: string): string[] =>
      serviceOf(application, role).mounts.map(({ target }) => target);
    expect(targets("secrets")).toContain("/volumes/cachedata");
    expect(targets("holder")).toContain("/volumes/cachedata");
  });

  it("are in the Swarm, with the secrets that are theirs", () => {
    const { services, secrets, volumes } = stackOf(onItsHost) as {
      services: Record<string, { secrets?: { source: string }[]; deploy: { replicas: unknown } }>;
      secrets: object;
      volumes: object;
    };
    const read = (role: string): string[] | undefined => services[role]?.secrets?.map(({ source }) => source);
    expect(Object.keys(services).filter(isKnown)).toEqual(["database", "cache", "nginx", "web", "worker"]);
    expect(read("cache")).toEqual(["cache_password"]);
    expect(read("web")).toContain("cache_password");
    expect(read("worker")).toEqual(read("web"));
    expect(secrets).toHaveProperty("cache_password");
    expect(volumes).toHaveProperty("cachedata");
    expect([services["cache"]?.deploy.replicas, services["worker"]?.deploy.replicas]).toEqual([
      1,
      "${WEB_REPLICAS:-1}",
    ]);
  });

  it("are known to the release program of a host", () => {
    const settings = releaseSettings({ deployment: hosted, application: onItsHost });
    expect(settings.images["valkey"]).toBe("valkey/valkey:8.1");
    expect(settings.volumes).toContain("guestbook-cachedata");
    expect(settings.secrets.files).toContain("cache_password");
    expect(settings.tasks["warm"]).toMatchObject({
      ...{ limit: 600, changesSchema: false, failure: "The cache could not be filled; nothing was changed." },
    });
    expect(settings.services.map(({ name }) => name).filter(isKnown)).toEqual([
      ...["database", "cache", "nginx", "web", "worker"],
    ]);
    expect(settings.steps).toEqual(RELEASE_STEPS);
    expect(settings.jobs["tidy"]).toMatchObject({ schedule: { text: "15 4 * * *" }, timeLimit: 300 });
    expect(JSON.stringify(settings.holder)).toContain(
      "src=guestbook-cachedata,dst=/volumes/cachedata,readonly",
    );
    expect(deployAssets(join(ROOT, "assets")).some(({ path }) => path.startsWith("local/"))).toBe(true);
    expect(RELEASE_STEPS.join(" ")).toContain("passwords nginx-check migrate warm roll");
  });

  it("come as images of the version that was asked for", () =>
    expect(pinnedImages(deployment)).toContainEqual({
      ...{ base: "valkey", version: "8.1", reference: "valkey/valkey:8.1" },
    }));

  it("say the same by Compose on a host and on this computer", () => {
    const paths = { buildContext: "c", assets: "a", contextHash: "0".repeat(64), userFile: String };
    const rendered = parse(JSON.stringify(composeOf(onItsHost, paths))) as { services: object };
    expect(Object.keys(rendered.services)).toEqual(application.services.map(({ role }) => role));
  });
});

describe("our commands know them", () => {
  const file = { volumes: [], images: [], networks: [] };
  const survey = (containers: ReturnType<typeof container>[], tainted: string[] = []): Recovery[] =>
    decideRecovery({
      containers,
      networks: [],
      stacks: [
        {
          id: "local-database",
          file: { ...file, containers: [wanted("cache")] },
          state: {
            objects: tainted.map((role) => known(`docker_container.${role}`, `${role}-1`, { tainted: true })),
          },
        },
      ],
    });

  it("recovery: what no state knows goes, a task that runs is waited for", () => {
    expect(survey([ended("warm", 1), container("worker")]).map(({ kind }) => kind)).toEqual([
      "remove",
      "remove",
    ]);
    expect(survey([container("warm")]).map(({ kind }) => kind)).toEqual(["wait"]);
  });

  it("recovery: a job that runs goes on, and one that failed is no release that did", () => {
    const labels = { "django-deployment.kind": "job" };
    const jobs = [
      container("tidy", { labels }),
      container("tidy", { labels, status: "exited", exitCode: 1 }),
    ];
    expect(survey(jobs)).toEqual([]);
  });

  it("recovery: a process that failed goes, a service that came up late stays", () => {
    expect(survey([container("worker", { health: "unhealthy" })], ["worker"])).toMatchObject([
      { kind: "remove", reason: "it failed" },
    ]);
    expect(survey([container("cache")], ["cache"])).toMatchObject([{ kind: "accept" }]);
  });

  it("down removes each before those that it asks, and never what keeps the volumes", () => {
    const order = removalOrder();
    expect(order.filter(isKnown)).toEqual(["web", "worker", "nginx", "database", "cache", "holder"]);
    // What is not in it goes first.
    expect(order).not.toContain("tidy");
    expect(rolesThat(({ keepsVolumes }) => keepsVolumes)).toEqual(["holder"]);
  });

  it("status shows them in the order in which they start", async () => {
    const labels = { "django-deployment.kind": "job" };
    const tidy = container("tidy", { labels, status: "exited", exitCode: 2 });
    const removed = container("sweep", { labels });
    const containers = [
      container("worker"),
      container("cache"),
      container("web"),
      ended("warm"),
      ...[tidy, removed],
    ];
    const docker = {
      containers: () => Promise.resolve(containers),
      handOver: () => Promise.resolve({ serving: "web-1", releases: new Map([["web-1", 3]]) }),
      volumes: () => Promise.resolve(["guestbook-cachedata"]),
    } as unknown as Parameters<typeof readStatus>[0]["docker"];
    const found = await readStatus({ application, deployment, docker });
    expect(found.containers.map(({ role, serves }) => [role, serves])).toEqual([
      ["cache", false],
      ["warm", false],
      ["web", true],
      ["worker", false],
    ]);
    expect(describeStatus(found)).toContain("guestbook-cachedata  the cache");
    expect(describeStatus(found)).toContain(
      "job tidy   15 4 * * * UTC on the host  ended with exit status 2",
    );
    // Its definition is gone, and its run is not.
    expect(describeStatus(found)).toContain("job sweep  no longer in deployment.ts  running");
  });

  it("logs shows them when they are asked for, and a request's way when nobody is", () => {
    const containers = ["worker", "web", "nginx", "cache", "tidy"].map((role) => container(role));
    const shown = (role?: string): string[] => loggedOf(containers, role).map((one) => one.role);
    expect(shown("worker")).toEqual(["worker"]);
    expect(shown("tidy")).toEqual(["tidy"]);
    expect(shown()).toEqual(["web", "nginx"]);
  });
});
