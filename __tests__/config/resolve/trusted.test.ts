import { describeProblem } from "../../../config/errors";
import { networkFlaw } from "../../../config/network";
import { trustedNetworks, trustedProblems } from "../../../config/resolve/trusted";
import { PROXY_PRESETS } from "../../../config/trusted-proxies";

function complaint(...named: string[]): string {
  return trustedProblems(named).map(describeProblem).join("\n");
}

it("networks and presets stand for networks, each once", () => {
  const networks = trustedNetworks(["10.0.0.0/8", "cloudflare", "10.0.0.0/8", "2001:db8::/32"]);
  expect(networks.filter((network) => network === "10.0.0.0/8")).toHaveLength(1);
  expect(networks).toEqual(expect.arrayContaining(["173.245.48.0/20", "2606:4700::/32", "2001:db8::/32"]));
  expect(networks).not.toContain("cloudflare");
});

it("a network is written as every program reads it", () =>
  expect(trustedNetworks(["2001:DB8:0:0:0:0:0:0/32", "1:2:3:4:5:6:7::/128", "1:2:3:4:5:6:7:0/128"])).toEqual([
    "2001:db8::/32",
    "1:2:3:4:5:6:7:0/128",
  ]));

it.each(PROXY_PRESETS)("the preset %s has networks that can be meant", (name) => {
  const networks = trustedNetworks([name]);
  expect(networks.length).toBeGreaterThan(1);
  expect(networks.flatMap((network) => networkFlaw(network, ["ipv4", "ipv6"]) ?? [])).toEqual([]);
  expect(trustedProblems([name])).toEqual([]);
});

it.each([
  [["0.0.0.0/0"], /proxy\.trusted\[0\] is "0\.0\.0\.0\/0", which is every address there is/],
  [["10.0.0.0/8", "::/0"], /proxy\.trusted\[1\] is "::\/0", which is every address/],
  [["192.0.2.7"], /write "192\.0\.2\.7\/32" for this one address/],
  [["2001:db8::1"], /write "2001:db8::1\/128" for this one address/],
  [["10.1.2.3/8"], /write "10\.0\.0\.0\/8"/],
  [["cloudflair"], /did you mean "cloudflare"\?/],
  [["constructor"], /expected: a network in CIDR form.* or one of cloudflare/],
])("%j is refused, with what to write", (named, expected) => {
  expect(complaint(...named)).toMatch(expected);
});

it("all that is wrong is told at once", () => {
  expect(complaint("0.0.0.0/0", "x", "10.0.0.0/8").match(/^✗/gm)).toHaveLength(2);
});
