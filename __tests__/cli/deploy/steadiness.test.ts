import { DeploymentError } from "../../../config/errors";
import { requireSteady } from "../../../cli/deploy/steadiness";
import { type Container, madeSince } from "../../../cli/docker/container";
import type { Workspace } from "../../../cli/workspace/workspace";
import { container } from "../support/engine";

/** A deployment whose engine has these containers; `removed` fills with the ids of those that are taken away. */
function workspaceOf(containers: readonly Container[], removed: string[] = []): Workspace {
  const docker = {
    containers: () => Promise.resolve(containers),
    tail: (id: string) => Promise.resolve([`the last words of ${id}`]),
    remove: (id: string) => Promise.resolve(removed.push(id)),
  };
  const stack = { state: () => ({ objects: [] }) };
  const log = { path: "/root/.deployment/log/up.log", write: () => undefined };
  const application = { services: [] };
  const project = { python: {}, allowedHosts: ["localhost"], healthPath: "/" };
  const deployment = { name: "shop", project };
  return {
    application,
    deployment,
    docker,
    log,
    root: "/root",
    terraform: { stack: () => stack },
  } as unknown as Workspace;
}

const worker = (id: string, restarts: number): Container =>
  container("worker", { id, restarts, service: true, labels: { "django-deployment.kind": "process" } });

it("a process that ends again and again fails the deployment by name, though it was up for its soak", async () => {
  const removed: string[] = [];
  const there = [container("web"), worker("w", 3)];
  const looked = requireSteady(workspaceOf(there, removed), there);
  const error = await looked.catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(DeploymentError);
  expect(String(error)).toContain("worker");
  expect(String(error)).toContain("it ended 3 times");
  expect(String(error)).toContain("the last words of w");
  expect(removed).toEqual(["w"]);
});

it("a process that has ended once is worth a warning", async () => {
  const there = [container("web"), worker("w", 1)];
  expect(await requireSteady(workspaceOf(there), there)).toEqual([
    'worker runs, but it ended once before: see "make logs ARGS=worker"',
  ]);
});

it("what was there before is none of this deployment's", async () => {
  const old = worker("old", 7);
  const there = [container("web"), old];
  expect(await requireSteady(workspaceOf(there), madeSince([old], there))).toEqual([]);
});
