import { LocalDeployer } from "../../../cli/deploy/local-deployer";
import { RemoteDeployer } from "../../../cli/deploy/remote-deployer";
import { InterruptedError } from "../../../cli/session/interrupt";
import type { Plan } from "../../../cli/terraform/plan";
import type { Workspace } from "../../../cli/workspace/workspace";
import { planAfterLoss, planOf, volumeChange } from "../support/plans";

jest.mock("../../../cli/computer/process", () => ({}));

const DATA = { name: "guestbook-dbdata", data: "the database" };

/** A workspace whose Terraform plans what a test says, and notes what is asked of it. */
function workspaceWith(plan: Plan, { interruptedAfterPlan = false, deny = "" } = {}) {
  const calls: string[] = [];
  const interrupt = { requested: false };
  const stack = {
    file: () => ({ containers: [], images: [] }),
    pullState: () => Promise.resolve({ objects: [] }),
    plan: () => {
      calls.push("plan");
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
    application: { volumes: [DATA] },
    terraform: { stack: () => stack },
  } as unknown as Workspace;
  return { calls, workspace };
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
