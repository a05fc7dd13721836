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

/** Variables and settings that Terraform gets beside our own environment. */
let environment: Record<string, string>;

/** What the stack asks for. */
function ask(input: string): void {
  const file = join(folder, "out", "stacks", "local-data", "cdk.tf.json");
  const backend = { local: { path: join(folder, ".deployment", "state", "local-data.tfstate") } };
  writeFileSync(
    file,
    JSON.stringify({ terraform: { backend }, resource: { terraform_data: { one: { input } } } }),
  );
}

interface RawState {
  readonly resources: { readonly instances: Record<string, unknown>[] }[];
}

const stateFile = (): string => join(folder, ".deployment", "state", "local-data.tfstate");

/** Changes what Terraform knows. */
function changeState(change: (state: RawState) => object): void {
  writeFileSync(
    stateFile(),
    JSON.stringify(change(JSON.parse(readFileSync(stateFile(), "utf8")) as RawState)),
  );
}

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "terraform-stack-"));
  mkdirSync(join(folder, "out", "stacks", "local-data"), { recursive: true });
  said = [];
  environment = { PATH: process.env["PATH"] ?? "" };
  const terraform = new Terraform({
    root: folder,
    outdir: join(folder, "out"),
    binaries: [process.env["TERRAFORM_BINARY_NAME"] ?? "terraform", "tofu"],
    environment: () => environment,
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

const planned = (): boolean => said.some((line) => line.includes(" plan -input"));
const shown = (): boolean => said.some((line) => line.includes(" show -json "));

it("an empty plan is not read where that is enough, and says nothing else", async () => {
  const { plan } = await stack.plan({ skipEmpty: true });
  expect([isEmpty(plan), plan.resource_changes, shown()]).toEqual([true, [], false]);
  expect([isEmpty((await stack.plan({})).plan), shown()]).toEqual([true, true]);
}, 60_000);

it("one with changes is read, and applies", async () => {
  ask("second");
  const made = await stack.plan({ skipEmpty: true });
  expect(made.plan.resource_changes?.map(({ address, change }) => [address, change.actions])).toEqual([
    ["terraform_data.one", ["update"]],
  ]);
  await stack.apply(made, () => undefined);
  expect(isEmpty((await stack.plan({ skipEmpty: true })).plan)).toBe(true);
}, 60_000);

it("an empty one is read where the state knows what a failed replacement has left", async () => {
  changeState((state) => {
    const [resource] = state.resources;
    resource?.instances.push({ ...resource.instances[0], deposed: "0a1b2c3d" });
    return state;
  });
  const { plan } = await stack.plan({ skipEmpty: true });
  expect(shown()).toBe(true);
  expect(plan.resource_changes).toContainEqual(expect.objectContaining({ deposed: "0a1b2c3d" }));
}, 60_000);

it("one that Terraform refuses is its error", async () => {
  writeFileSync(join(folder, "out", "stacks", "local-data", "more.tf.json"), JSON.stringify({ resource: 1 }));
  await expect(stack.plan({ skipEmpty: true })).rejects.toThrow(TerraformError);
}, 60_000);

/** Plans as a command does that knows what the engine says. @returns whether Terraform has planned, and found changes */
async function planUnlessEmpty(engine: string | undefined): Promise<readonly [boolean, boolean]> {
  said.length = 0;
  const { plan } = await stack.planUnlessEmpty(engine, () => stack.plan({ skipEmpty: true }));
  return [planned(), !isEmpty(plan)];
}

describe("a plan without changes", () => {
  it("is not made again while all is the same", async () => {
    expect(await planUnlessEmpty("the same")).toEqual([true, false]);
    expect(await planUnlessEmpty("the same")).toEqual([false, false]);
  }, 60_000);

  it.each<[string, () => void]>([
    ["the stack", () => ask("second")],
    ["a variable", () => (environment["TF_VAR_image"] = "another")],
    [
      "the providers",
      () => writeFileSync(join(folder, "out/stacks/local-data/.terraform.lock.hcl"), "# others\n"),
    ],
    ["the state", () => changeState((state) => ({ ...state, serial: 99 }))],
    ["the state, which is lost,", () => rmSync(stateFile())],
  ])(
    "is made again when %s has changed",
    async (_what, change) => {
      await planUnlessEmpty("the same");
      expect(await planUnlessEmpty("the same")).toEqual([false, false]);
      change();
      expect((await planUnlessEmpty("the same"))[0]).toBe(true);
    },
    60_000,
  );

  it("is made again when the engine says something else, or nothing that can be relied on", async () => {
    await planUnlessEmpty("the same");
    expect((await planUnlessEmpty(undefined))[0]).toBe(true);
    expect((await planUnlessEmpty("something else"))[0]).toBe(true);
    expect((await planUnlessEmpty("the same"))[0]).toBe(true);
  }, 60_000);

  it("is never remembered of a plan with changes", async () => {
    ask("second");
    expect(await planUnlessEmpty("the same")).toEqual([true, true]);
    expect(await planUnlessEmpty("the same")).toEqual([true, true]);
  }, 60_000);
});
