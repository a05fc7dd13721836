import { DeploymentError } from "../../../config/errors";
import { parseState, resourceOf } from "../../../cli/terraform/state";
import { withAttributes, withoutDeposed } from "../../../cli/terraform/state-edit";

const STATE = {
  version: 4,
  serial: 7,
  resources: [
    {
      mode: "managed",
      type: "docker_container",
      name: "web",
      instances: [
        { attributes: { id: "new", env: null }, status: "tainted" },
        { attributes: { id: "old" }, deposed: "0a1b2c3d" },
      ],
    },
    { mode: "data", type: "docker_network", name: "bridge", instances: [{ attributes: { id: "b" } }] },
  ],
};

describe("a state", () => {
  it("names its objects, with those that a failed apply has left", () =>
    expect(parseState(JSON.stringify(STATE)).objects).toEqual([
      { address: "docker_container.web", type: "docker_container", id: "new", tainted: true, deposed: false },
      { address: "docker_container.web", type: "docker_container", id: "old", tainted: false, deposed: true },
    ]));

  it("tells the containers of one resource apart by their index", () => {
    const instances = [0, 1].map((key) => ({ index_key: key, attributes: { id: `worker-${key}` } }));
    const left = { index_key: 1, attributes: { id: "old" }, deposed: "0a1b2c3d" };
    const worker = { ...STATE.resources[0], name: "worker", instances: [...instances, left] };
    const json = JSON.stringify({ ...STATE, resources: [worker] });
    const told = (text: string): string[] =>
      parseState(text).objects.map(({ address, id }) => `${address} ${id}`);
    const current = ["docker_container.worker[0] worker-0", "docker_container.worker[1] worker-1"];
    expect(told(json)).toEqual([...current, "docker_container.worker[1] old"]);
    const other = withAttributes(json, new Map([["docker_container.worker[1]", { id: "other" }]]));
    expect(told(other)).toEqual([
      current[0],
      "docker_container.worker[1] other",
      "docker_container.worker[1] old",
    ]);
    const gone = (address: string): string => withoutDeposed(json, [{ address, deposed: "0a1b2c3d" }]);
    expect(told(gone("docker_container.worker[1]"))).toEqual(current);
    expect(told(gone("docker_container.worker[0]"))).toHaveLength(3);
    expect(resourceOf("docker_container.worker[1]")).toBe("docker_container.worker");
    expect(resourceOf("docker_container.web")).toBe("docker_container.web");
  });

  it("that isn't there yet knows nothing", () => expect(parseState("\n").objects).toEqual([]));

  it("of another version is not read as if it were known, nor taken for a broken one", () => {
    const read = (): unknown => parseState('{"version":5,"resources":{}}', "the state of local");
    expect(read).toThrow(DeploymentError);
    expect(read).toThrow("✗ the state of local is of version 5, which a newer Terraform has written");
  });

  it.each([
    ['{"version":4,"resources":[{"mode":"managed","ty'],
    ["\0\0\0\0"],
    ["null"],
    ["[]"],
    ["{}"],
    ['"4"'],
    ['{"version":4,"resources":null}'],
    ['{"version":4,"resources":[{"mode":"managed"}]}'],
    ['{"version":4,"resources":[{"mode":"managed","type":"a","name":"b","instances":[1]}]}'],
  ])("is broken when it is %s", (json) => expect(() => parseState(json)).toThrow(SyntaxError));

  it("knows an object whose id is not there", () =>
    expect(
      parseState(
        '{"version":4,"resources":[{"mode":"managed","type":"a","name":"b","instances":[{"attributes":null},{"attributes":{"id":null}}]}]}',
      ).objects.map(({ id }) => id),
    ).toEqual(["", ""]));

  it("takes attributes for the current object only, and becomes a newer one", () => {
    const changed = JSON.parse(
      withAttributes(JSON.stringify(STATE), new Map([["docker_container.web", { env: ["A=1"] }]])),
    ) as typeof STATE;
    expect(changed.serial).toBe(8);
    expect(changed.resources[0]?.instances.map(({ attributes }) => attributes)).toEqual([
      { id: "new", env: ["A=1"] },
      { id: "old" },
    ]);
    expect(changed.resources[1]).toEqual(STATE.resources[1]);
  });

  it("forgets a deposed object by its key, and no other one", () => {
    const gone = [
      { address: "docker_container.web", deposed: "0a1b2c3d" },
      { address: "docker_container.nginx", deposed: "ffffffff" },
    ];
    const { objects } = parseState(withoutDeposed(JSON.stringify(STATE), gone));
    expect(objects.map(({ id }) => id)).toEqual(["new"]);
    expect(withoutDeposed(JSON.stringify(STATE), [])).toContain('"serial": 8');
  });
});
