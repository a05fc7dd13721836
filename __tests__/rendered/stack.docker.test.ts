import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { parse } from "yaml";
import { addHostStacks } from "../../synth/add-host-stacks";
import { guestbookOnHost } from "../support/guestbook";
import { programFolder, synthesized } from "../support/synthesis";

it("docker stack config accepts stack.yaml without a word, and reads every value as it was meant", () => {
  const root = programFolder();
  const deployment = guestbookOnHost(root);
  const environment = { TEXT: "${a} $b $$c '\"\\ é", NUMBER: "1e3", BOOLEAN: "no", EMPTY: "" };
  const { folder } = synthesized(
    { ...deployment, project: { ...deployment.project, environment } },
    { root, hostStacks: addHostStacks },
  );
  const { status, stdout, stderr } = spawnSync(
    "docker",
    ["stack", "config", "--compose-file", join(folder, "host", "stack.yaml")],
    { encoding: "utf8" },
  );
  expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
  const { services } = parse(stdout, { version: "1.1" }) as {
    services: Record<string, { environment: Record<string, string>; image: string }>;
  };
  expect(Object.keys(services).sort()).toEqual(["database", "nginx", "web"]);
  expect(services["web"]?.environment).toMatchObject(environment);
  expect(services["database"]?.image).toBe("mariadb:11.8");
});
