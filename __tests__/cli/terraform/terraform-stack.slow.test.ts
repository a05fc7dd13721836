import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Interrupt } from "../../../cli/session/interrupt";
import type { Log } from "../../../cli/session/log";
import type { RunLock } from "../../../cli/session/run-lock";
import { isEmpty } from "../../../cli/terraform/plan";
import { Terraform } from "../../../cli/terraform/terraform";
import { TerraformError, type TerraformStack } from "../../../cli/terraform/terraform-stack";

/** With Terraform itself, and a resource that needs no provider. */
let folder: string;
let said: string[];
let stack: TerraformStack;

/** What the stack asks for. */
function ask(input: string): void {
  const file = join(folder, "out", "stacks", "local-data", "cdk.tf.json");
  const backend = { local: { path: join(folder, ".deployment", "state", "local-data.tfstate") } };
  writeFileSync(
    file,
    JSON.stringify({ terraform: { backend }, resource: { terraform_data: { one: { input } } } }),
  );
}

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "terraform-stack-"));
  mkdirSync(join(folder, "out", "stacks", "local-data"), { recursive: true });
  said = [];
  const terraform = new Terraform({
    root: folder,
    outdir: join(folder, "out"),
    binaries: [process.env["TERRAFORM_BINARY_NAME"] ?? "terraform", "tofu"],
    environment: () => ({ PATH: process.env["PATH"] ?? "" }),
    interrupt: new Interrupt(),
    lock: { employ: () => undefined } as unknown as RunLock,
    log: { write: (line: string) => said.push(line) } as unknown as Log,
  });
  stack = terraform.stack("local-data");
  ask("first");
  await stack.apply(await stack.plan({}), () => undefined);
  said.length = 0;
}, 60_000);
afterEach(() => rmSync(folder, { recursive: true }));

const shown = (): boolean => said.some((line) => line.includes(" show -json "));

it("an empty plan is not read where that is enough, and says nothing else", async () => {
  const { plan } = await stack.plan({ skipEmpty: true });
  expect([isEmpty(plan), plan.resource_changes, shown()]).toEqual([true, [], false]);
  expect([isEmpty((await stack.plan({})).plan), shown()]).toEqual([true, true]);
}, 60_000);

it("one with changes is read, and applies", async () => {
  ask("second");
  const planned = await stack.plan({ skipEmpty: true });
  expect(planned.plan.resource_changes?.map(({ address, change }) => [address, change.actions])).toEqual([
    ["terraform_data.one", ["update"]],
  ]);
  await stack.apply(planned, () => undefined);
  expect(isEmpty((await stack.plan({ skipEmpty: true })).plan)).toBe(true);
}, 60_000);

it("an empty one is read where the state knows what a failed replacement has left", async () => {
  const file = join(folder, ".deployment", "state", "local-data.tfstate");
  const state = JSON.parse(readFileSync(file, "utf8")) as {
    resources: { instances: Record<string, unknown>[] }[];
  };
  const [resource] = state.resources;
  resource?.instances.push({ ...resource.instances[0], deposed: "0a1b2c3d" });
  writeFileSync(file, JSON.stringify(state));
  const { plan } = await stack.plan({ skipEmpty: true });
  expect(shown()).toBe(true);
  expect(plan.resource_changes).toContainEqual(expect.objectContaining({ deposed: "0a1b2c3d" }));
}, 60_000);

it("one that Terraform refuses is its error", async () => {
  writeFileSync(join(folder, "out", "stacks", "local-data", "more.tf.json"), JSON.stringify({ resource: 1 }));
  await expect(stack.plan({ skipEmpty: true })).rejects.toThrow(TerraformError);
}, 60_000);
