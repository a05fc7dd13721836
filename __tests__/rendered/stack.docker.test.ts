import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { parse } from "yaml";
import { DEFINITIONS } from "../../application/registry/definitions";
import { secretFilesOf } from "../../application/secrets";
import { replicasVariable, secretVariable } from "../../application/renderings/stack-file";
import type { Deployment } from "../../config/deployment";
import { addHostStacks } from "../../synth/add-host-stacks";
import { ROOT, guestbookOnHost, guestbookWithProcesses } from "../support/guestbook";
import { lint, lintersFolder } from "../support/repository";
import { programFolder, synthesized } from "../support/synthesis";

const environment = { TEXT: "${a} $b $$c '\"\\ é", NUMBER: "1e3", BOOLEAN: "no", EMPTY: "" };

/** What the release program sets. */
const variables = {
  RELEASE_IMAGE: `sha256:${"0".repeat(64)}`,
  PUBLIC_ADDRESS: "192.0.2.1",
  ...Object.fromEntries(
    secretFilesOf(DEFINITIONS).map((secret) => [secretVariable(secret), `guestbook-${secret.name}-1`]),
  ),
};

/** The folder `deploy/` of a deployment, as a release has it. */
function deployFolder(change: Partial<Deployment> = {}): string {
  const root = programFolder();
  const { project, ...deployment } = guestbookOnHost(root);
  const { folder } = synthesized(
    { ...deployment, ...change, project: { ...project, environment } },
    { root, hostStacks: addHostStacks },
  );
  return join(folder, "host", "deploy");
}

function stackConfig(folder: string, env: Record<string, string>): ReturnType<typeof spawnSync> {
  const command = ["stack", "config", "--compose-file", join(folder, "stack.yaml")];
  return spawnSync("docker", command, { encoding: "utf8", env: { ...process.env, ...env } });
}

it("docker stack config accepts stack.yaml without a word, and reads every value as it was meant", () => {
  const { status, stdout, stderr } = stackConfig(deployFolder(), { ...variables, WEB_REPLICAS: "0" });
  expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
  const { services, secrets } = parse(String(stdout), { version: "1.1" }) as {
    services: Record<
      string,
      { environment: Record<string, string>; image: string; deploy: { replicas: number } }
    >;
    secrets: Record<string, { name: string }>;
  };
  expect(Object.keys(services).sort()).toEqual(["database", "nginx", "web"]);
  expect(services["web"]?.environment).toMatchObject(environment);
  expect(services["web"]).toMatchObject({ image: variables.RELEASE_IMAGE, deploy: { replicas: 0 } });
  expect(services["database"]?.image).toBe("mariadb:11.8");
  expect(secrets["env"]?.name).toBe("guestbook-env-1");
});

it("docker stack config reads how many containers of a process there are: so many, or as many as the release says", () => {
  const folder = deployFolder({ processes: guestbookWithProcesses.processes });
  const replicasOf = (env: Record<string, string>): unknown[] => {
    const { status, stdout, stderr } = stackConfig(folder, { ...variables, ...env });
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    const { services } = parse(String(stdout), { version: "1.1" }) as {
      services: Record<string, { command?: string[]; deploy: { replicas: number } }>;
    };
    expect(services["my-worker"]?.command).toEqual(guestbookWithProcesses.processes[0]?.command);
    return ["my-worker", "beat"].map((role) => services[role]?.deploy.replicas);
  };
  expect(replicasOf({})).toEqual([3, 1]);
  expect(replicasOf({ [replicasVariable("my-worker")]: "0", [replicasVariable("beat")]: "0" })).toEqual([
    0, 0,
  ]);
});

it.each(["RELEASE_IMAGE", "PUBLIC_ADDRESS"])("stack.yaml is refused without %s", (name) => {
  const { status, stderr } = stackConfig(deployFolder(), { ...variables, [name]: "" });
  expect(status).not.toBe(0);
  expect(stderr).toContain("is set by the release script");
});

it("shellcheck finds nothing in what is rendered for the scripts", () => {
  lintersFolder();
  expect(lint("shellcheck", "--external-sources", join(deployFolder(), "settings.sh"))).toBe("");
}, 300_000);

it("Compose accepts deploy/compose.yaml without a word", () => {
  const compose = [
    join(ROOT, "tools", "compose"),
    "--file",
    join(deployFolder(), "compose.yaml"),
    "config",
    "-q",
  ];
  const { status, stderr } = spawnSync(compose[0] ?? "", compose.slice(1), { encoding: "utf8" });
  expect({ status, stderr: stderr.replace(/^==> .*\n/gm, "") }).toEqual({ status: 0, stderr: "" });
}, 300_000);
