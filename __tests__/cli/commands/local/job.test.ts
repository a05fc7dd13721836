import { applicationOf } from "../../../../application/model";
import { job } from "../../../../cli/commands/local/job";
import type { Container } from "../../../../cli/docker/container";
import type { Workspace } from "../../../../cli/workspace/workspace";
import { guestbook, withJobs } from "../../../support/guestbook";
import { container, ended } from "../../support/engine";

jest.mock("../../../../cli/preflight/preflight", () => ({ requireEngine: () => Promise.resolve() }));
jest.mock("../../../../cli/data/claim", () => ({ requireOwnData: () => Promise.resolve() }));

const deployment = withJobs(guestbook);
const SERVES = "sha256:serves";

/** An engine on which two releases run, of which the older one serves, or none, and perhaps a run of the job. */
function engine(run: Container[] = [], isUp = true): { workspace: Workspace; calls: (readonly string[])[] } {
  const calls: (readonly string[])[] = [];
  const web = [
    container("web", { id: "web-2", imageId: "sha256:newer" }),
    container("web", { id: "web-1", imageId: SERVES }),
  ];
  const docker = {
    inspect: () => Promise.resolve(run),
    containers: () => Promise.resolve([...(isUp ? web : []), ...run]),
    handOver: () => Promise.resolve({ serving: "web-1", releases: new Map() }),
    try: (words: readonly string[]) => Promise.resolve(calls.push(words)),
    interact: (words: readonly string[]) => Promise.resolve(calls.push(words) && 3),
  };
  const workspace = { application: applicationOf(deployment), deployment, docker } as unknown as Workspace;
  return { workspace, calls };
}

let before: typeof process.exitCode;
beforeEach(() => (before = process.exitCode));
afterEach(() => (process.exitCode = before));

describe("make job", () => {
  it("runs the image that serves, in place of the last run's container, and ends with the job's status", async () => {
    const { workspace, calls } = engine([ended("clean", 1)]);
    await job(workspace, "clean");
    expect(calls.map(([word]) => word)).toEqual(["rm", "run"]);
    expect(calls[0]).toEqual(["rm", "clean-1"]);
    expect(calls[1]).toContain(SERVES);
    expect(process.exitCode).toBe(3);
  });

  it("is refused while a run is at work, with an exit status of its own", async () => {
    const { workspace, calls } = engine([container("clean", { startedAt: "2026-11-27T03:00:00Z" })]);
    const write = jest.spyOn(process.stderr, "write").mockReturnValue(true);
    await job(workspace, "clean");
    expect(write.mock.calls.join("")).toContain("✗ clean is running since 2026-11-27T03:00:00Z");
    write.mockRestore();
    expect([calls, process.exitCode]).toEqual([[], 75]);
  });

  it("touches no container that is somebody else's", async () => {
    const { workspace, calls } = engine(
      [ended("clean"), ended("clean")].map((one) => ({ ...one, application: "" })),
    );
    await expect(job(workspace, "clean")).rejects.toThrow(
      "the name guestbook-clean is taken by a container that is not ours",
    );
    expect(calls).toEqual([]);
  });

  it("needs a release that serves", async () => {
    const { workspace, calls } = engine([], false);
    await expect(job(workspace, "clean")).rejects.toThrow('type "make up"');
    expect(calls).toEqual([]);
  });

  it("says which jobs there are", async () => {
    await expect(job(engine().workspace, "clear")).rejects.toThrow(
      /the job is "clear"\n.*one of clean, load/,
    );
    const none = { ...engine().workspace, application: applicationOf(guestbook) };
    await expect(job(none, "clear")).rejects.toThrow(
      /section jobs of deployment.ts\n.*add jobs to deployment.ts/,
    );
  });
});
