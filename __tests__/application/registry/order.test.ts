import { inStartingOrder } from "../../../application/registry/order";
import type { Service } from "../../../application/service";
import { plainService } from "../../support/services";

function service(role: string, needs: readonly string[] = [], more: Partial<Service> = {}): Service {
  const dependsOn = needs.map((need) => ({ role: need, condition: "started" }) as const);
  return { ...plainService, role, dependsOn, ...more };
}

const orderOf = (...services: Service[]): string[] => inStartingOrder(services).map(({ role }) => role);

describe("services start", () => {
  it("after those that they wait for, and else in the order of the list", () =>
    expect(orderOf(service("d", ["c"]), service("b"), service("a"), service("c", ["a"]))).toEqual([
      "b",
      "a",
      "c",
      "d",
    ]));

  it("stack after stack", () =>
    expect(
      orderOf(
        service("web"),
        service("server", [], { stack: "local-database" }),
        service("keeper", [], { stack: "local-data" }),
      ),
    ).toEqual(["keeper", "server", "web"]));

  it("after the one whose processes they signal", () =>
    expect(orderOf(service("signals", [], { processesOf: "proxy" }), service("proxy"))).toEqual([
      "proxy",
      "signals",
    ]));
});

describe("an error names", () => {
  it("a service that there isn't", () =>
    expect(() => orderOf(service("web", ["cahce"]))).toThrow(
      '"web" waits for "cahce", and the application has no such service',
    ));

  it("a service of a later stack", () =>
    expect(() => orderOf(service("server", ["web"], { stack: "local-database" }), service("web"))).toThrow(
      '"server" of the stack local-database waits for "web", which is made later, with the stack local',
    ));

  it("services that wait for each other, and none besides", () =>
    expect(() =>
      orderOf(service("x", ["a"]), service("a", ["b"]), service("b", ["c"]), service("c", ["a"])),
    ).toThrow("these services wait for each other: a → b → c → a"));

  it("a service that waits for itself", () =>
    expect(() => orderOf(service("a", ["a"]))).toThrow("these services wait for each other: a → a"));
});
