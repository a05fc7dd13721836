import * as fc from "fast-check";
import { networkFlaw } from "../../config/network";

const BOTH = ["ipv4", "ipv6"] as const;

it.each(["192.0.2.0/24", "192.0.2.7/32", "10.0.0.0/8", "2001:db8::/32", "::1/128", "2001:DB8::/32"])(
  "%s is a network",
  (text) => expect(networkFlaw(text, BOTH)).toBeUndefined(),
);

it.each([
  ...["", "192.0.2.0/33", "192.0.2/24", "0300.0.2.0/24", "1921/24", "256.0.0.0/8"],
  ...[
    "2001:db8::/129",
    "2001:db8/32",
    "fe80::1%eth0/64",
    "example.com/24",
    "192.0.2.0/24;",
    "/24",
    "1:2/3/4",
  ],
])("%j is none", (text) => expect(networkFlaw(text, BOTH)).toEqual({ kind: "no network" }));

it.each(["0.0.0.0/0", "::/0", "192.0.2.0/0", "0:0::0/0"])("%s is everybody", (text) =>
  expect(networkFlaw(text, BOTH)).toEqual({ kind: "everybody" }),
);

it("an IPv6 network is none where IPv4 is meant", () =>
  expect(networkFlaw("2001:db8::/32", ["ipv4"])).toEqual({ kind: "no network" }));

it("what is to be written instead of an address with bits beyond its length is a network with that length", () => {
  const networks = fc.oneof(
    fc.tuple(fc.ipV4(), fc.integer({ min: 1, max: 32 })),
    fc.tuple(fc.ipV6(), fc.integer({ min: 1, max: 128 })),
  );
  fc.assert(
    fc.property(networks, ([address, bits]) => {
      const flaw = networkFlaw(`${address}/${bits}`, BOTH);
      if (flaw === undefined) return;
      if (flaw.kind !== "host bits") throw new Error(`${address}/${bits}: ${flaw.kind}`);
      expect(flaw.corrected.endsWith(`/${bits}`)).toBe(true);
      expect(networkFlaw(flaw.corrected, BOTH)).toBeUndefined();
    }),
  );
});

it.each([
  ["192.0.2.7", "192.0.2.7/32"],
  ["2001:db8::7", "2001:db8::7/128"],
])("the address %s is no network; %s has it alone", (text, alone) =>
  expect(networkFlaw(text, BOTH)).toEqual({ kind: "no network", alone }),
);
