import type { Docker } from "../../../cli/docker/docker";
import { Watch } from "../../../cli/docker/watch";
import { container } from "../support/engine";

jest.useFakeTimers();

/** An engine that tells of one container; what is removed from it is noted. */
function engine(restarts: number): { docker: Docker; looks: () => number; removed: string[] } {
  let looks = 0;
  const removed: string[] = [];
  const docker = {
    containers: () => {
      looks++;
      return Promise.resolve([container("web", { restarts })]);
    },
    tail: () => Promise.resolve(["no such module"]),
    remove: (id: string) => Promise.resolve(removed.push(id)),
  };
  return { docker: docker as unknown as Docker, looks: () => looks, removed };
}

it("looks each second, and takes a container away that ends again and again", async () => {
  const { docker, looks, removed } = engine(3);
  const watch = new Watch(docker, "guestbook", []);
  await jest.advanceTimersByTimeAsync(2000);
  expect(looks()).toBe(2);
  expect(removed).toEqual(["web-1"]);
  expect(await watch.end()).toMatchObject([{ container: { id: "web-1" }, log: ["no such module"] }]);
});

it("looks once more at its end, without waiting for the second to be over", async () => {
  const { docker, looks, removed } = engine(3);
  const watch = new Watch(docker, "guestbook", []);
  await jest.advanceTimersByTimeAsync(500);
  expect(looks()).toBe(0);
  // No time passes from here on.
  expect(await watch.end()).toHaveLength(1);
  expect([looks(), removed]).toEqual([1, ["web-1"]]);
});

it("leaves alone what was there before, and what may still come up", async () => {
  const before = new Watch(engine(3).docker, "guestbook", [container("web")]);
  expect(await before.end()).toEqual([]);
  expect(await new Watch(engine(2).docker, "guestbook", []).end()).toEqual([]);
});
