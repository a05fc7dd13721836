import type { Docker } from "../../../cli/docker/docker";
import { taskWarnings } from "../../../cli/docker/task-warnings";

const BEGAN = new Date("2026-11-28T12:00:00.000Z");

it("says what the tasks have warned of since the release began, and nothing else that they or others say", async () => {
  const calls: (readonly string[])[] = [];
  const docker = {
    containers: () =>
      Promise.resolve(["migrate", "web", "secrets"].map((role) => ({ role, id: `id of ${role}` }))),
    try: (args: readonly string[]) => {
      calls.push(args);
      const stdout =
        args.at(-1) === "id of migrate" ? "migrate: warning: a\n  b\nmigrate: warning:   - c\n" : "";
      return Promise.resolve({ status: 0, stdout, stderr: "" });
    },
  } as unknown as Docker;
  expect(await taskWarnings(docker, "guestbook", BEGAN)).toEqual(["a", "  - c"]);
  expect(calls).toEqual([
    ["logs", "--since=2026-11-28T12:00:00.000Z", "id of migrate"],
    ["logs", "--since=2026-11-28T12:00:00.000Z", "id of secrets"],
  ]);
});
