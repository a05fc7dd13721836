import { madeSince } from "../../../cli/docker/container";
import type { Docker } from "../../../cli/docker/docker";
import { taskWarnings } from "../../../cli/docker/task-warnings";
import { container } from "../support/engine";

it("says what the tasks of the release have warned of, and nothing else that they or others say", async () => {
  const calls: (readonly string[])[] = [];
  const before = container("secrets");
  const there = [before, ...["migrate", "web", "nginx-check"].map((role) => container(role))];
  const docker = {
    try: (args: readonly string[]) => {
      calls.push(args);
      const stdout = args.at(-1) === "migrate-1" ? "migrate: warning: a\n  b\nmigrate: warning:   - c\n" : "";
      return Promise.resolve({ status: 0, stdout, stderr: "" });
    },
  } as unknown as Docker;
  expect(await taskWarnings(docker, madeSince([before], there))).toEqual(["a", "  - c"]);
  expect(calls).toEqual([
    ["logs", "migrate-1"],
    ["logs", "nginx-check-1"],
  ]);
});
