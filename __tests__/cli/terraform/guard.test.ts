import { absencesIn, guard } from "../../../cli/terraform/guard";
import type { Action } from "../../../cli/terraform/plan";
import { planAfterLoss, planOf, volumeChange } from "../support/plans";

const contents = { "guestbook-dbdata": "the database" };

describe("the guard", () => {
  it.each<{ what: string; actions: Action[]; action: string }>([
    { what: "deletes", actions: ["delete"], action: "delete" },
    { what: "replaces (delete first)", actions: ["delete", "create"], action: "replace" },
    { what: "replaces (create first)", actions: ["create", "delete"], action: "replace" },
    { what: "forgets", actions: ["forget"], action: "forget" },
    { what: "forgets and makes anew", actions: ["create", "forget"], action: "forget" },
  ])("refuses a plan that $what a volume, by its own name and content", ({ actions, action }) => {
    const [refusal, ...more] = guard(planOf(volumeChange(actions)), { contents });
    expect(more).toEqual([]);
    expect(refusal).toMatchObject({
      name: "guestbook-dbdata",
      action,
      what: "a volume of the Docker engine with the database",
    });
  });

  it.each<Action>(["no-op", "create", "update", "read"])("lets a plan pass that does %s", (action) =>
    expect(guard(planOf(volumeChange([action])), { contents })).toEqual([]),
  );

  it("sees through a renamed id: the old resource goes, though another one of that name comes", () => {
    const plan = planOf(
      volumeChange(["delete"], "guestbook-dbdata", {
        address: "docker_volume.old",
        action_reason: "delete_because_no_resource_config",
      }),
      volumeChange(["create"], "guestbook-dbdata", { address: "docker_volume.new" }),
    );
    expect(guard(plan)).toEqual([
      {
        name: "guestbook-dbdata",
        address: "docker_volume.old",
        what: "a volume of the Docker engine",
        action: "delete",
        reason: "no resource of that id is in the code any more: it was renamed or removed",
      },
    ]);
  });

  it("says which attribute forces a replacement", () => {
    const change = volumeChange(["delete", "create"], "guestbook-media", {
      action_reason: "replace_because_cannot_update",
      change: {
        actions: ["delete", "create"],
        before: { name: "guestbook-media" },
        after: null,
        replace_paths: [["driver"], ["driver_opts", "type"], ["driver_opts", "device"]],
      },
    });
    expect(guard(planOf(change))[0]?.reason).toBe("driver, driver_opts can't be changed in place");
  });

  it.each([
    ["replace_because_tainted", "an earlier apply failed on it"],
    ["replace_by_request", "its replacement was asked for"],
    ["delete_because_wrong_repetition", "delete because wrong repetition"],
    [undefined, "the plan says no reason"],
  ])("gives Terraform's reason %s in words", (reason, words) =>
    expect(guard(planOf(volumeChange(["delete"], "x", { action_reason: reason })))[0]?.reason).toBe(words),
  );

  it("refuses every volume at once, and deposed ones too", () => {
    const refused = guard(
      planOf(volumeChange(["delete"], "one"), volumeChange(["delete"], "two", { deposed: "00000001" })),
    );
    expect(refused.map(({ name, reason }) => [name, reason])).toEqual([
      ["one", "the plan says no reason"],
      ["two", "an earlier apply left it behind"],
    ]);
  });

  it("lets a volume go that can be made again, and containers always", () => {
    const container = { ...volumeChange(["delete"], "guestbook-web"), type: "docker_container" };
    const plan = planOf(volumeChange(["delete"], "guestbook-nginx"), container);
    expect(guard(plan, { disposable: ["guestbook-nginx"] })).toEqual([]);
  });

  it("lets one thing go by its address, where several have the name", () => {
    const plan = planOf(
      volumeChange(["delete"], "guestbook", {
        address: "aws_backup_vault.snapshots",
        type: "aws_backup_vault",
      }),
      volumeChange(["delete"], "guestbook", { address: "aws_key_pair.deploy-key", type: "aws_key_pair" }),
    );
    const refused = guard(plan, { disposable: ["aws_key_pair.deploy-key"] });
    expect(refused.map(({ address }) => address)).toEqual(["aws_backup_vault.snapshots"]);
  });

  it("knows what holds data on a host, by the name that its owner knows", () => {
    const resource = (type: string, before: Record<string, unknown>) =>
      volumeChange(["delete"], "", { type, change: { actions: ["delete"], before, after: null } });
    const plan = planOf(
      resource("aws_ebs_volume", { id: "vol-1", tags: { Name: "guestbook-data" } }),
      resource("aws_s3_bucket", { id: "backups", bucket: "backups" }),
      resource("aws_eip", { id: "eipalloc-1", tags: null }),
      resource("aws_instance", { id: "i-1" }),
    );
    expect(guard(plan).map(({ name }) => name)).toEqual(["guestbook-data", "backups", "eipalloc-1", "i-1"]);
  });

  it("doesn't mistake reading a data source for a change", () =>
    expect(guard(planOf(volumeChange(["delete"], "x", { mode: "data" })))).toEqual([]));
});

describe("what is gone though the state knows it", () => {
  it("is found by name and content: Terraform would make it anew, empty", () => {
    const plan = planAfterLoss("docker_volume", { id: "guestbook-dbdata", name: "guestbook-dbdata" });
    expect(guard(plan)).toEqual([]);
    expect(absencesIn(plan, { contents })).toEqual([
      {
        name: "guestbook-dbdata",
        address: "docker_volume.data",
        what: "a volume of the Docker engine with the database",
        id: "guestbook-dbdata",
      },
    ]);
  });

  it.each([
    ["aws_ebs_volume", { id: "vol-1", tags: { Name: "guestbook-data" } }, ["guestbook-data"]],
    ["aws_eip", { id: "eipalloc-1", tags: { Name: "guestbook" } }, ["guestbook"]],
    ["aws_s3_bucket", { id: "backups-1", bucket: "backups-1" }, ["backups-1"]],
    ["aws_backup_vault", { id: "guestbook", name: "guestbook" }, ["guestbook"]],
    // What they hold is elsewhere: they are made again.
    ["aws_instance", { id: "i-1" }, []],
    ["aws_key_pair", { id: "guestbook" }, []],
    ["aws_vpc", { id: "vpc-1" }, []],
  ])("on AWS, of the type %s", (type, before, names) =>
    expect(absencesIn(planAfterLoss(type, before)).map(({ name }) => name)).toEqual(names),
  );

  it("is let go by name or by address", () => {
    const plan = planAfterLoss("docker_volume", { id: "guestbook-run", name: "guestbook-run" });
    expect(absencesIn(plan, { disposable: ["guestbook-run"] })).toEqual([]);
    expect(absencesIn(plan, { disposable: ["docker_volume.data"] })).toEqual([]);
  });

  it("is nothing that has only changed, that was deposed, or that is only read", () => {
    const gone = { id: "x", name: "x" };
    const changed = volumeChange(["update"]);
    expect(absencesIn({ format_version: "1.2", resource_drift: [changed] })).toEqual([]);
    expect(absencesIn(planAfterLoss("docker_volume", gone, { deposed: "00000001" }))).toEqual([]);
    expect(absencesIn(planAfterLoss("docker_volume", gone, { mode: "data" }))).toEqual([]);
    expect(absencesIn({ format_version: "1.2" })).toEqual([]);
  });
});
