import { LocalDeployer } from "../../../cli/deploy/local-deployer";
import { RemoteDeployer } from "../../../cli/deploy/remote-deployer";
import { InterruptedError } from "../../../cli/session/interrupt";
import type { Action, Plan, ResourceChange } from "../../../cli/terraform/plan";
import type { Workspace } from "../../../cli/workspace/workspace";
import { planAfterLoss, planOf, volumeChange } from "../support/plans";

jest.mock("../../../cli/computer/process", () => ({}));

const DATA = { name: "guestbook-dbdata", data: "the database" };

/** A workspace whose Terraform plans what a test says, and notes what is asked of it. */
function workspaceWith(
  plan: Plan,
  { interruptedAfterPlan = false, deny = "", containers = ["web", "beat[0]"] } = {},
) {
  const calls: string[] = [];
  const targets: unknown[] = [];
  const interrupt = { requested: false };
  const stack = {
    id: "local",
    file: () => ({
      containers: containers.map((id) => ({ address: `docker_container.${id}` })),
      networks: [{ address: "docker_network.n" }],
      volumes: [{ address: "docker_volume.v" }],
      images: ["docker_image.i"],
    }),
    state: () => ({ objects: [] }),
    pullState: () => Promise.resolve({ objects: [] }),
    plan: (options: { readonly targets?: readonly string[] } = {}) => {
      calls.push("plan");
      targets.push(options.targets);
      interrupt.requested = interruptedAfterPlan;
      return deny === ""
        ? Promise.resolve({ plan, file: "plan", errors: [] })
        : Promise.reject(new Error(deny));
    },
    apply: () => {
      calls.push("apply");
      return Promise.resolve();
    },
    discard: () => calls.push("discard"),
  };
  const workspace = {
    interrupt,
    deployment: { name: "guestbook" },
    docker: { containers: () => Promise.resolve([]) },
    application: { volumes: [DATA], services: [] },
    terraform: { stack: () => stack },
  } as unknown as Workspace;
  return { calls, targets, workspace };
}

const loss = planOf(volumeChange(["delete"], DATA.name));
const gone = planAfterLoss("docker_volume", { name: DATA.name });
const change = planOf(volumeChange(["update"], DATA.name));
const nothing = planOf(volumeChange(["no-op"], DATA.name));

const remote = (workspace: Workspace, expendable: readonly string[] = []): RemoteDeployer =>
  new RemoteDeployer(workspace, {
    where: "AWS",
    explain: (error) => new Error("explained", { cause: error }),
    expendable,
  });

describe("what can't run twice", () => {
  const beat = { role: "beat", configured: true, singleton: true };
  const changed = (address: string, actions: readonly Action[]): ResourceChange => ({
    address,
    type: "docker_container",
    change: { actions, before: { id: "old" }, after: {} },
  });
  /** What each plan is for that the deployer asks for, when the first one does something to a container. */
  const targetsOf = async (
    address: string,
    actions: readonly Action[] = ["delete", "create"],
  ): Promise<unknown[]> => {
    const { targets, workspace } = workspaceWith(planOf(changed(address, actions)));
    Object.assign(workspace.application, { services: [beat] });
    const done = await new LocalDeployer(workspace, new Set()).deploy("local", () => undefined);
    expect(done).toContain("1 to ");
    return targets;
  };

  it("is replaced last: Terraform would stop it before the release is known to work", async () => {
    const others = ["docker_container.web", "docker_network.n", "docker_volume.v", "docker_image.i"];
    expect(await targetsOf("docker_container.beat[0]")).toEqual([undefined, others, undefined]);
    expect(await targetsOf("docker_container.beat[0]", ["create"])).toHaveLength(3);
  });

  it("is no reason to plan twice when it stays, or when nothing but its end is planned", async () => {
    expect(await targetsOf("docker_container.web")).toEqual([undefined]);
    expect(await targetsOf("docker_container.beat[0]", ["delete"])).toEqual([undefined]);
  });
});

describe("what visitors come through", () => {
  const services = [
    { role: "migrate", stack: "local", dependsOn: [] },
    {
      role: "nginx",
      kind: "backing-service",
      servesRequests: true,
      stack: "local",
      dependsOn: [],
      ports: [{ external: 8080 }],
    },
    { role: "nginx-config", stack: "local", dependsOn: [{ role: "nginx", condition: "started" }] },
  ];
  const deploy = async (actions: readonly Action[]): Promise<{ said: string[]; targets: unknown[] }> => {
    const address = "docker_container.nginx";
    const resource = { address, type: "docker_container", change: { actions, before: {}, after: {} } };
    const { targets, workspace } = workspaceWith(planOf(resource), {
      containers: ["web", "nginx", "nginx_config"],
    });
    Object.assign(workspace.application, { services });
    const said: string[] = [];
    const done = await new LocalDeployer(workspace, new Set()).deploy("local", (line) => said.push(line));
    return { said: [...said, done], targets };
  };

  it("is replaced last, with what waits for it, and it is said beforehand for how long its port closes", async () => {
    const { said, targets } = await deploy(["delete", "create"]);
    const others = ["docker_container.web", "docker_network.n", "docker_volume.v", "docker_image.i"];
    expect(targets).toEqual([undefined, others, undefined]);
    const told = said.indexOf("nginx is replaced last: port 8080 closes for about 3 s");
    expect(told).toBeGreaterThanOrEqual(0);
    expect(told).toBeLessThan(said.indexOf("1 to replace"));
    expect(said.at(-1)).toMatch(/; nginx was replaced, and port 8080 was closed for about 3 s$/);
  });

  it.each([[["update"]], [["create"]]] as const)("closes no port when the plan is %j", async (actions) => {
    const { said, targets } = await deploy(actions);
    expect(targets).toEqual([undefined]);
    expect(said.join()).not.toContain("port");
  });
});

describe("a process that deployment.ts no longer names", () => {
  const labels = [{ label: "django-deployment.kind", value: "process" }];
  const containerChange = (
    id: string,
    actions: readonly Action[],
    before: Readonly<Record<string, unknown>> | null = null,
    deposed?: string,
  ): ResourceChange => ({
    address: `docker_container.${id}`,
    type: "docker_container",
    ...(deposed !== undefined && { deposed }),
    change: { actions, before, after: null },
  });
  const web = containerChange("web", ["create", "delete"], { labels: [] });
  const targetsOf = async (...changes: readonly ResourceChange[]): Promise<unknown[]> => {
    const { targets, workspace } = workspaceWith(planOf(...changes));
    await new LocalDeployer(workspace, new Set()).deploy("local", () => undefined);
    return targets;
  };

  it("goes when the release has come to serve: of one that fails, it goes on", async () => {
    const [planned, first = [], then] = await targetsOf(
      web,
      containerChange("worker[0]", ["delete"], { labels }),
    );
    expect([planned, then]).toEqual([undefined, undefined]);
    expect(first).toContain("docker_container.web");
    expect(first).not.toContain("docker_container.worker[0]");
  });

  it("goes at once when nothing new comes, and other containers go as Terraform has it", async () => {
    expect(await targetsOf(containerChange("worker[0]", ["delete"], { labels }))).toEqual([undefined]);
    expect(await targetsOf(web, containerChange("nginx", ["delete"], { labels: [] }))).toEqual([undefined]);
    expect(await targetsOf(web, containerChange("nginx", ["delete"], null))).toEqual([undefined]);
  });

  it("is none when it is what a release that failed has left", async () => {
    expect(await targetsOf(web, containerChange("worker[0]", ["delete"], { labels }, "0a1b2c3d"))).toEqual([
      undefined,
    ]);
  });
});

describe("plan, guard, apply", () => {
  it("applies what the guard lets pass, says what it does, and throws the plan away", async () => {
    const { calls, workspace } = workspaceWith(change);
    const said: string[] = [];
    expect(await remote(workspace).deploy("host", (line) => said.push(line))).toBe("1 to update");
    expect(calls).toEqual(["plan", "apply", "discard"]);
    expect(said).toEqual(["comparing with AWS", "1 to update"]);
  });

  it("applies nothing when there is nothing to do", async () => {
    const { calls, workspace } = workspaceWith(nothing);
    expect(await remote(workspace).deploy("host", () => undefined)).toBe("no changes");
    expect(calls).toEqual(["plan", "discard"]);
  });

  it.each([
    ["would lose data", loss],
    ["finds data gone", gone],
  ])("applies no plan that %s, here or on AWS", async (_, plan) => {
    for (const deploy of [
      (workspace: Workspace) => remote(workspace).deploy("host", () => undefined),
      (workspace: Workspace) => new LocalDeployer(workspace, new Set()).deploy("local-data", () => undefined),
    ]) {
      const { calls, workspace } = workspaceWith(plan);
      await expect(deploy(workspace)).rejects.toThrow();
      expect(calls).toEqual(["plan", "discard"]);
    }
  });

  it("lets go what the user has named", async () => {
    const { calls, workspace } = workspaceWith(loss);
    expect(await remote(workspace, [DATA.name]).deploy("host", () => undefined)).toBe("1 to delete");
    expect(calls).toContain("apply");
  });

  it("lets be gone what the command makes anew", async () => {
    const { workspace } = workspaceWith({ ...gone, resource_changes: [] });
    const local = new LocalDeployer(workspace, new Set(), [DATA.name]);
    expect(await local.deploy("local-data", () => undefined)).toBe("no changes");
  });

  it("does not apply after the user has asked to stop", async () => {
    const { calls, workspace } = workspaceWith(change, { interruptedAfterPlan: true });
    const local = new LocalDeployer(workspace, new Set());
    await expect(local.deploy("local-data", () => undefined)).rejects.toThrow(InterruptedError);
    expect(calls).toEqual(["plan", "discard"]);
  });

  it("says in words of its own what Terraform complains about", async () => {
    const { workspace } = workspaceWith(change, { deny: "no credentials" });
    await expect(remote(workspace).deploy("host", () => undefined)).rejects.toThrow("explained");
  });
});
