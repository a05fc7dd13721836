import { serviceOf } from "../../application/application";
import { applicationOf } from "../../application/model";
import { guestbook, guestbookInDevelopment } from "../support/guestbook";

const production = applicationOf(guestbook);
const development = applicationOf(guestbookInDevelopment);

describe("the application in production", () => {
  it("has these services, in an order in which they can start", () =>
    expect(production.services.map(({ role, kind, singleton }) => [role, kind, singleton])).toEqual([
      ["holder", "backing-service", true],
      ["secrets", "task", false],
      ["database", "backing-service", true],
      ["nginx", "backing-service", true],
      ["nginx-check", "task", false],
      ["migrate", "task", false],
      ["web", "process", false],
      ["nginx-config", "task", false],
    ]));

  it("publishes nginx and nothing else", () =>
    expect(production.services.flatMap(({ role, ports }) => ports.map((port) => [role, port]))).toEqual([
      ["nginx", { address: "127.0.0.1", external: 8080, internal: 8080 }],
    ]));

  it("checks the nginx files and migrates before the new release is started, and reloads nginx after it serves", () => {
    const before = (role: string): string[] =>
      serviceOf(production, role).dependsOn.map((d) => `${d.role} ${d.condition}`);
    expect(before("migrate")).toContain("nginx-check completed");
    expect(before("web")).toEqual(["migrate completed"]);
    expect(before("nginx-config")).toEqual(["nginx started", "web healthy"]);
  });
});

describe("the application in development", () => {
  it("has no nginx and no task but the secrets, and one container of web", () => {
    const roles = development.services.map(({ role }) => role);
    const left = production.services.map(({ role }) => role).filter((role) => !roles.includes(role));
    expect(left).toEqual(["nginx", "nginx-check", "migrate", "nginx-config"]);
    expect(serviceOf(development, "web").singleton).toBe(true);
  });

  it("publishes runserver and the database, as in the notes", () =>
    expect(development.services.flatMap(({ role, ports }) => ports.map((port) => [role, port]))).toEqual([
      ["database", { address: "127.0.0.1", external: 3307, internal: 3306 }],
      ["web", { address: "127.0.0.1", external: 8000, internal: 8000 }],
    ]));

  it("runs the source that is on this machine, with the settings for development", () => {
    const web = serviceOf(development, "web");
    expect(web.mounts).toContainEqual({
      type: "bind",
      source: guestbook.project.folder,
      target: "/app",
      readOnly: false,
    });
    expect(web.environment["DJANGO_SETTINGS_MODULE"]).toBe("config.settings.dev");
  });
});

describe("both profiles", () => {
  it("have the same volumes, so that switching loses nothing", () =>
    expect(development.volumes).toEqual(production.volumes));

  it("keep everything but nginx's rendered configuration for ever", () =>
    expect(production.volumes.filter(({ data }) => data === undefined).map(({ name }) => name)).toEqual([
      "guestbook-nginx",
    ]));

  describe.each([
    ["production", production],
    ["development", development],
  ])("%s", (_profile, { services, volumes }) => {
    it("depend only on services that come before, and that can fulfil the condition", () => {
      services.forEach(({ dependsOn }, index) =>
        dependsOn.forEach(({ role, condition }) => {
          const before = services.slice(0, index).find((service) => service.role === role);
          expect(before).toBeDefined();
          if (condition === "completed") expect(before?.kind).toBe("task");
          if (condition === "healthy")
            expect([before?.healthCheck, before?.startTimeout]).not.toContain(undefined);
        }),
      );
    });

    it("have every service hardened", () => {
      for (const service of services) {
        expect(service.user).toMatch(/^\d+:\d+$/);
        expect(service.memory).toBeGreaterThan(0);
        expect(service.processes).toBeGreaterThan(0);
        // Only tasks that files are laid into have a writable root: the engine refuses it otherwise.
        expect(service.readOnly).toBe(service.files.length === 0);
      }
    });

    it("run nothing as root but the tasks that prepare volumes for others", () =>
      expect(services.filter(({ user, kind }) => user.startsWith("0:") && kind !== "task")).toEqual([]));

    it("mount each path once, from volumes that there are", () => {
      const known = volumes.map(({ role }) => role);
      for (const { mounts } of services) {
        expect(new Set(mounts.map(({ target }) => target)).size).toBe(mounts.length);
        for (const mount of mounts) if (mount.type === "volume") expect(known).toContain(mount.volume);
      }
    });

    it("name secrets by file, and hold none", () => {
      for (const { environment } of services) {
        for (const [name, value] of Object.entries(environment)) {
          if (/PASSWORD|SECRET/.test(name))
            expect([name, value]).toEqual([
              expect.stringMatching(/_FILE$/),
              expect.stringMatching(/^\/run\/secrets\//),
            ]);
        }
      }
    });

    it("give the engine longer to stop a container than the program in it takes", () => {
      const web = services.find(({ role }) => role === "web");
      const graceful = Number(web?.environment["WEB_GRACEFUL_TIMEOUT"] ?? 5);
      expect(web?.stopGrace).toBeGreaterThanOrEqual(graceful + 5);
    });
  });
});

describe("applicationOf", () => {
  it("gives the same application for the same deployment", () =>
    expect(JSON.stringify(applicationOf(structuredClone(guestbook)))).toBe(JSON.stringify(production)));

  it("reads nothing into the deployment", () => {
    const before = structuredClone(guestbook);
    applicationOf(guestbook);
    expect(guestbook).toEqual(before);
  });
});

describe("serviceOf", () => {
  it("says which service is missing", () =>
    expect(() => serviceOf(development, "nginx")).toThrow('the application has no service "nginx"'));
});
