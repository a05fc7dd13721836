import type { Docker } from "../../../cli/docker/docker";
import { pruneStaticFiles } from "../../../cli/docker/static-files";

const engine = (status: number, stderr = ""): { docker: Docker; calls: (readonly string[])[] } => {
  const calls: (readonly string[])[] = [];
  const docker = {
    try: (args: readonly string[]) => {
      calls.push(args);
      return Promise.resolve({ status, stdout: "", stderr });
    },
  };
  return { docker: docker as unknown as Docker, calls };
};

it("has the image that serves remove static files, with nothing but their volume", async () => {
  const { docker, calls } = engine(0);
  expect(await pruneStaticFiles(docker, "guestbook", "sha256:0123")).toBeUndefined();
  expect(calls).toEqual([
    [
      ...["run", "--rm", "--network=none", "--read-only"],
      "--mount=type=volume,src=guestbook-static,dst=/static",
      ...["--env=DEPLOYMENT_STATIC_ROOT=/static", "--env=STATIC_KEPT="],
      ...["--entrypoint=/opt/deployment/bin/migrate", "sha256:0123"],
    ],
  ]);
});

it("says why nothing was removed", async () =>
  expect(
    await pruneStaticFiles(engine(1, "migrate: a list can't be read\n").docker, "guestbook", "web"),
  ).toBe("migrate: a list can't be read"));
