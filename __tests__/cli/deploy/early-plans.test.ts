import { EarlyPlans, type MakePlan } from "../../../cli/deploy/early-plans";
import type { TerraformEvent } from "../../../cli/terraform/events";
import type { LocalStackId } from "../../../cli/terraform/terraform";
import type { PlannedStack } from "../../../cli/terraform/terraform-stack";

const REFRESHING: TerraformEvent = {
  type: "refresh_start",
  "@message": "docker_network.network: Refreshing",
};

const plan = (id: string): PlannedStack => ({ plan: { format_version: "1.2" }, file: id, errors: [] });

const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

it("the stack with the network goes first, the others while it is read", async () => {
  const begun: LocalStackId[] = [];
  let say: (event: TerraformEvent) => void = () => undefined;
  let finish: (planned: PlannedStack) => void = () => undefined;
  const make: MakePlan = (id, onEvent) => {
    begun.push(id);
    if (!onEvent) return Promise.resolve(plan(id));
    say = onEvent;
    return new Promise((resolve) => (finish = resolve));
  };
  const early = new EarlyPlans(make);
  early.begin();
  await settled();
  say({ ...REFRESHING, type: "version" });
  await settled();
  expect(begun).toEqual(["local-database"]);
  say(REFRESHING);
  await settled();
  expect(begun).toEqual(["local-database", "local-data", "local"]);
  expect(await early.take("local")).toEqual(plan("local"));
  finish(plan("local-database"));
  expect(await early.take("local-database")).toEqual(plan("local-database"));
});

it("the others do not wait for one that reads nothing, or fails", async () => {
  const early = new EarlyPlans((id) =>
    id === "local-database" ? Promise.reject(new Error("no engine")) : Promise.resolve(plan(id)),
  );
  early.begin();
  expect(await early.take("local-data")).toEqual(plan("local-data"));
  await expect(early.take("local-database")).rejects.toThrow("no engine");
  await early.end();
});

it("without a beginning there is none", async () => {
  const early = new EarlyPlans((id) => Promise.resolve(plan(id)));
  expect(await early.take("local")).toBeUndefined();
});
