import { describeProblem } from "../../../config/errors";
import type { Inventory } from "../../../cli/aws/inventory";
import { isIncomplete, nameIn, strangersIn } from "../../../cli/aws/lost-state";
import { hostKeyParameter } from "../../../constructs/aws/host-key";
import type { StateObject } from "../../../cli/terraform/state";

const inventory: Inventory = {
  account: "123456789012",
  volumes: [
    { id: "vol-1", size: 20, zone: "eu-central-1a", created: "2026-05-01T00:00:00Z", machines: ["i-1"] },
  ],
  addresses: [{ id: "eipalloc-1", address: "192.0.2.1" }],
  machines: ["i-1"],
  snapshots: ["snap-1"],
};
const nothing: Inventory = { ...inventory, volumes: [], addresses: [], machines: [], snapshots: [] };

const object = (type: string, id: string): StateObject => ({
  address: `${type}.x`,
  type,
  id,
  tainted: false,
  deposed: false,
});
const volume = object("aws_ebs_volume", "vol-1");
const address = object("aws_eip", "eipalloc-1");
const machine = object("aws_instance", "i-1");

it("the name of the deployment is read from the state: of the host's key", () => {
  expect(nameIn([volume, object("aws_ssm_parameter", hostKeyParameter("shop"))])).toBe("shop");
  expect(nameIn([volume])).toBeUndefined();
});

function places(
  id: "host-data" | "host",
  objects: readonly StateObject[],
  has: Inventory,
  expendable: readonly string[] = [],
): string[] {
  return strangersIn(id, objects, has, { name: "guestbook", expendable }).map(({ place }) => place);
}

describe("what AWS has and the state doesn't know", () => {
  it("is refused with what there is to know of it, and the import is offered", () => {
    const [first, second, ...more] = strangersIn("host-data", [], inventory, {
      name: "guestbook",
      expendable: [],
    }).map(describeProblem);
    expect(more).toEqual([]);
    expect(first).toContain("vol-1 (20 GiB, eu-central-1a, made 2026-05-01T00:00:00Z, attached to i-1)");
    expect(first).toContain('make host ARGS="--import"');
    expect(first).toContain('make host ARGS="--lose vol-1"');
    expect(second).toContain("192.0.2.1 (eipalloc-1)");
  });

  it("is a machine for the stack host, and no way leads to a second one beside it", () => {
    expect(places("host", [], inventory)).toEqual(["i-1"]);
    expect(places("host", [machine], inventory)).toEqual([]);
  });

  it.each([
    ["nothing, when AWS has nothing: the first time", [], nothing, []],
    ["nothing, when the state knows it", [volume, address], inventory, []],
    [
      "the address alone, when an apply was cut off before it",
      [volume],
      inventory,
      ["192.0.2.1 (eipalloc-1)"],
    ],
  ] as const)("is %s", (_what, objects, has, expected) =>
    expect(places("host-data", objects, has)).toEqual(expected),
  );

  it("is left behind when its id is typed out", () => {
    expect(places("host-data", [], inventory, ["vol-1", "eipalloc-1"])).toEqual([]);
    // The name of the deployment is not enough.
    expect(places("host-data", [], inventory, ["guestbook-data"])).toHaveLength(2);
  });

  it("is asked for only when the state lacks something", () => {
    expect(isIncomplete("host-data", [volume, address])).toBe(false);
    expect(isIncomplete("host-data", [volume])).toBe(true);
    expect(isIncomplete("host", [machine])).toBe(false);
    expect(isIncomplete("host", [])).toBe(true);
  });
});
