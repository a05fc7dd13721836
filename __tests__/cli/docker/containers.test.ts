import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseContainers } from "../../../cli/docker/container";
import { parseHandOver } from "../../../cli/docker/hand-over";
import type { Docker } from "../../../cli/docker/docker";
import { imagesToRemove, pruneReleases } from "../../../cli/docker/releases";
import { exitMeaning, reasonToGiveUp } from "../../../cli/docker/watch";
import { container } from "../support/engine";

const INSPECTED = {
  Id: "0123456789abcdef",
  Name: "/guestbook-nginx",
  Created: "2026-01-01T00:00:00Z",
  Image: "sha256:1",
  RestartCount: 2,
  State: {
    Status: "running",
    ExitCode: 0,
    StartedAt: "2026-01-02T00:00:00Z",
    Health: { Status: "unhealthy", Log: [{ Output: "first\n" }, { Output: "last\n" }] },
  },
  Config: {
    Hostname: "0123456789ab",
    Image: "nginx:1.28",
    Labels: { "django-deployment.name": "guestbook", "django-deployment.role": "nginx" },
  },
  HostConfig: {
    CapDrop: ["ALL"],
    SecurityOpt: ["no-new-privileges"],
    LogConfig: { Type: "json-file", Config: { "max-size": "10m", "max-file": "3" } },
    RestartPolicy: { Name: "unless-stopped" },
    PortBindings: { "8080/tcp": [{ HostPort: "80" }, { HostPort: "8080" }], "53/udp": null },
  },
};

describe("a container, as the engine describes it", () => {
  it("is read in our words", () =>
    expect(parseContainers(JSON.stringify([INSPECTED]))).toMatchObject([
      {
        name: "guestbook-nginx",
        application: "guestbook",
        role: "nginx",
        health: "unhealthy",
        healthOutput: "last",
        service: true,
        restarts: 2,
        ports: [80, 8080],
        processes: undefined,
      },
    ]));

  it.each([
    [300, 300],
    [0, undefined],
    [-1, undefined],
    [null, undefined],
  ])("has a limit of processes: %s", (PidsLimit, processes) => {
    const HostConfig = { ...INSPECTED.HostConfig, PidsLimit };
    expect(parseContainers(JSON.stringify([{ ...INSPECTED, HostConfig }]))[0]?.processes).toBe(processes);
  });

  it("may be somebody else's, without labels, ports and a health check", () => {
    const foreign = {
      ...INSPECTED,
      State: { ...INSPECTED.State, Health: undefined },
      Config: { ...INSPECTED.Config, Labels: null },
      HostConfig: { RestartPolicy: { Name: "no" }, PortBindings: null },
    };
    const [read] = parseContainers(JSON.stringify([foreign]));
    expect(read).toMatchObject({ application: "", role: "", service: false, ports: [] });
    expect(read?.health).toBeUndefined();
  });
});

describe("a release that is refused", () => {
  const REFUSED = "hand-over: refused: this release answers 500 to /\n";
  const refusalOf = (...outputs: string[]): string | undefined => {
    const state = {
      ...INSPECTED.State,
      Health: { Status: "starting", Log: outputs.map((Output) => ({ Output })) },
    };
    return parseContainers(JSON.stringify([{ ...INSPECTED, State: state }]))[0]?.refusal;
  };

  it("is refused by five checks in a row", () => {
    expect(refusalOf(...Array<string>(5).fill(REFUSED))).toBe("this release answers 500 to /");
    expect(refusalOf("starting", ...Array<string>(5).fill(REFUSED))).toBe("this release answers 500 to /");
  });

  it("is not refused yet by fewer, or when a check in between said something else", () => {
    expect(refusalOf(...Array<string>(4).fill(REFUSED))).toBeUndefined();
    expect(refusalOf(REFUSED, REFUSED, "has not served for 5 s yet", REFUSED, REFUSED)).toBeUndefined();
    expect(refusalOf()).toBeUndefined();
  });
});

describe("a container with our labels", () => {
  const { HostConfig, Config } = INSPECTED;
  const applicationOf = (change: object): string | undefined =>
    parseContainers(JSON.stringify([{ ...INSPECTED, ...change }]))[0]?.application;

  it("is ours when it is hardened as ours are", () => expect(applicationOf({})).toBe("guestbook"));

  it.each([
    ["an image built on a release's", { CapDrop: null, SecurityOpt: null, LogConfig: { Config: {} } }],
    ["no limit of the log", { LogConfig: { Config: {} } }],
    ["another limit of the log", { LogConfig: { Config: { "max-size": "10m", "max-file": "5" } } }],
    ["the engine's default of our limits", { CapDrop: null, SecurityOpt: null }],
    ["capabilities", { CapDrop: ["NET_RAW"] }],
    ["new privileges", { SecurityOpt: ["seccomp=unconfined"] }],
  ])("is somebody else's with %s", (_what, change) =>
    expect(applicationOf({ HostConfig: { ...HostConfig, ...change } })).toBe(""),
  );

  it("is Compose's when Compose has made it", () => {
    const Labels = { ...Config.Labels, "com.docker.compose.project": "guestbook" };
    expect(applicationOf({ Config: { ...Config, Labels } })).toBe("");
  });
});

describe("the volume of the sockets", () => {
  it("says who serves, and which release each container is", () => {
    const listing =
      "000000000041-b.sock\n000000000040-a.sock\n000000000041-b.sock\ncontainers\ncounter\nweb.sock\n";
    expect(parseHandOver(listing)).toEqual({
      serving: "b",
      releases: new Map([
        ["a", 40],
        ["b", 41],
      ]),
    });
  });

  it.each(["", "counter\nlock\n", "counter\n000000000001-a.sock"])("may say nothing of it: %j", (listing) =>
    expect(parseHandOver(listing).serving).toBeUndefined(),
  );
});

describe("a container that an apply waits for", () => {
  it.each([
    ["has just started", container("web", { health: "starting" }), undefined],
    ["has ended twice", container("web", { restarts: 2 }), undefined],
    [
      "ends again and again",
      container("web", { restarts: 3, exitCode: 3, status: "restarting" }),
      "it ended 3 times, with exit status 3",
    ],
    // The engine says 0 then, of whatever came before.
    ["runs again", container("web", { restarts: 3, exitCode: 0, status: "running" }), "it ended 3 times"],
    [
      "refuses its release",
      container("web", { refusal: "this release answers 500 to /" }),
      "this release answers 500 to /",
    ],
    ["is a task", container("migrate", { restarts: 3 }), undefined],
  ])("that %s", (_what, found, reason) => expect(reasonToGiveUp(found)).toBe(reason));

  it("and runs again is told by the exit status that was seen before", () =>
    expect(reasonToGiveUp(container("web", { restarts: 3, exitCode: 0, status: "running" }), 3)).toBe(
      "it ended 3 times, with exit status 3",
    ));

  it("and is killed by the kernel is said to lack memory", () =>
    expect(exitMeaning(137)).toContain("memory"));
});

describe("images of old releases", () => {
  const images = ["2", "7", "1", "5", "4", "6", "3"].map((day) => ({
    id: day,
    reference: `guestbook-web:00000000000${day}`,
    createdAt: `2026-01-0${day}T00:00:00Z`,
  }));

  it("go when they are older than the newest five", () =>
    expect(imagesToRemove(images, []).map(({ id }) => id)).toEqual(["2", "1"]));

  it("stay when a container is made of them", () =>
    expect(imagesToRemove(images, ["1"]).map(({ id }) => id)).toEqual(["2"]));

  it("stay when there are only a few", () => expect(imagesToRemove(images.slice(0, 5), [])).toEqual([]));

  it("go in the order in which they were deployed, though the clock was put back by a day", async () => {
    const folder = mkdtempSync(join(tmpdir(), "deployed-images-"));
    const file = join(folder, "deployed-images");
    const there: string[] = [];
    try {
      // The first six were made by a clock that was a day ahead.
      for (let number = 0; number < 12; number++) {
        there.push(String(number));
        const current = String(number);
        const created = (id: string): string =>
          `2026-01-0${Number(id) < 6 ? 2 : 1}T00:00:${id.padStart(2, "0")}Z`;
        const docker = {
          containers: () => Promise.resolve([{ imageId: current }]),
          run: ([, what]: readonly string[]) =>
            Promise.resolve(
              what === "ls"
                ? there.map((id) => `shop-web:${id.padStart(12, "0")}`).join("\n")
                : there.map((id) => `${id} ${created(id)}`).join("\n"),
            ),
          try: ([, , reference = ""]: readonly string[]) => {
            there.splice(there.indexOf(String(Number(reference.split(":")[1]))), 1);
            return Promise.resolve({ status: 0, stdout: "", stderr: "" });
          },
        };
        await pruneReleases(docker as unknown as Docker, "shop", file);
      }
      expect(there).toEqual(["7", "8", "9", "10", "11"]);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
